/** Where it happened: the line of the source (0: not known) and the answer's words (empty: before any answer). */
interface Place {
  line: number;
  answer: string;
}

/** What is wrong with a reward that a person wrote. */
export interface RuleCodes {
  'rule.syntax': { line: number; text: string };
  'rule.noFunction': object;
  'rule.tooLong': { most: number };
  'rule.threw': Place & { text: string };
  /** It wants something that a browser has and a rule does not. */
  'rule.absent': Place & { name: string };
  'rule.endless': Place;
  'rule.deep': Place;
  'rule.memory': Place;
  /** It gives something else than a finite number. */
  'rule.value': { got: string; answer: string };
  /** The same answer gets another score when it is asked again. */
  'rule.unsteady': { answer: string; first: number; second: number };
  /** Nothing comes back. */
  'rule.stuck': { seconds: number };
}

type Sentences = { [C in keyof RuleCodes]: (values: RuleCodes[C]) => string };

const at = ({ line, answer }: Place): string =>
  [line ? ` in line ${line}` : '', answer ? ` on the answer “${answer}”` : ''].join('');
const zai = ({ line, answer }: Place): string =>
  [answer ? `对回答“${answer}”` : '', line ? `在第 ${line} 行` : ''].join('');

export const en: Sentences = {
  'rule.syntax': ({ line, text }) => `The reward cannot be read${at({ line, answer: '' })}: ${text}`,
  'rule.noFunction': () =>
    'The reward is no function. Write “(words, prompt) => …” or “function reward(words, prompt) { … }”.',
  'rule.tooLong': ({ most }) => `The reward is longer than ${most} characters.`,
  'rule.threw': ({ text, ...place }) => `The reward fails${at(place)}: ${text}`,
  'rule.absent': ({ name, ...place }) =>
    `The reward asks for ${name}${at(place)}. There is neither network nor page, clock nor chance: it sees words only.`,
  'rule.endless': (place) => `The reward does not come to an end${at(place)}: it was stopped.`,
  'rule.deep': (place) => `The reward calls itself too deeply${at(place)}.`,
  'rule.memory': (place) => `The reward takes more than 16 MB of memory${at(place)}.`,
  'rule.value': ({ got, answer }) =>
    `The reward must give a finite number and gives ${got} on the answer “${answer}”.`,
  'rule.unsteady': ({ answer, first, second }) =>
    `The reward gives the answer “${answer}” once ${first} and once ${second}: it must not keep anything between answers.`,
  'rule.stuck': ({ seconds }) => `The reward has not answered within ${seconds} s: it was stopped.`,
};

export const zh: Sentences = {
  'rule.syntax': ({ line, text }) => `奖励函数${line ? `第 ${line} 行` : ''}无法解析：${text}`,
  'rule.noFunction': () =>
    '奖励不是函数。请写成“(words, prompt) => …”或“function reward(words, prompt) { … }”。',
  'rule.tooLong': ({ most }) => `奖励函数超过 ${most} 个字符。`,
  'rule.threw': ({ text, ...place }) => `奖励函数${zai(place)}出错：${text}`,
  'rule.absent': ({ name, ...place }) =>
    `奖励函数${zai(place)}要用 ${name}。这里没有网络和网页，也没有时钟和随机数：它只看得到词。`,
  'rule.endless': (place) => `奖励函数${zai(place)}停不下来，已被中止。`,
  'rule.deep': (place) => `奖励函数${zai(place)}递归过深。`,
  'rule.memory': (place) => `奖励函数${zai(place)}占用的内存超过 16 MB。`,
  'rule.value': ({ got, answer }) => `奖励函数必须给出有限的数，对回答“${answer}”却给出 ${got}。`,
  'rule.unsteady': ({ answer, first, second }) =>
    `奖励函数对回答“${answer}”一次给 ${first}，一次给 ${second}：它不得在回答之间记住任何东西。`,
  'rule.stuck': ({ seconds }) => `奖励函数在 ${seconds} 秒内没有结果，已被中止。`,
};
