/** Every sentence form and fixed phrase of the world. Together with `lexicon.ts` they determine the vocabulary. */
import { COLOURS, DAYS, FRIENDS, PLAIN_PROPERTIES, type Words } from './lexicon';
import { template, type Template } from './template';

const templates = (text: string): readonly Template[] =>
  text
    .trim()
    .split('\n')
    .map((line) => template(line.trim()));

/** A template with the words that each of its slots may take. */
export interface Frame {
  form: Template;
  choices: Record<string, Words>;
}
const frame = (text: string, choices: Record<string, Words> = {}): Frame => ({
  form: template(text),
  choices,
});

// ---- Instructions: of each list of 18, the first 12 are for training; the last 6 are unseen combinations of
// words that the first 12 use.
export const TRAIN_TEMPLATE_COUNT = 12;
export const TEMPLATE_COUNT = 18;

/** Questions about a relation of a subject, or an operation on a list. */
export const QUESTION_TEMPLATES = templates(`
  what is the {relation} of {subject} ?
  tell me the {relation} of {subject} .
  name the {relation} of {subject} .
  please give me the {relation} of {subject} .
  do you know the {relation} of {subject} ?
  the {relation} of {subject} ?
  can you say what the {relation} of {subject} is ?
  i want to know the {relation} of {subject} .
  for {subject} , what is the {relation} ?
  {subject} has which {relation} ?
  think of {subject} . name the {relation} .
  {relation} of {subject} , please .
  please tell me the {relation} of {subject} .
  can you name the {relation} of {subject} ?
  for {subject} , tell me the {relation} .
  i want the {relation} of {subject} , please .
  do you know what the {relation} of {subject} is ?
  think of {subject} . what is the {relation} ?`);

/** Which of them people on the web use (with repetition). */
export const WEB_QUESTION_TEMPLATES = [0, 0, 1, 4, 5, 8].map((i) => QUESTION_TEMPLATES[i]!);

export const SENTIMENT_TEMPLATES = templates(`
  is this review good or bad ?
  what is the rating of this review ?
  say if this is good or bad .
  did the writer like it , good or bad ?
  options : good , bad .
  give the rating .
  was it good or bad ?
  please rate this review .
  for this review , what is the rating ?
  tell me the rating , please .
  do you know if it was good or bad ?
  think of the review . rate it .
  good or bad ?
  please tell me the rating of this review .
  say good or bad , please .
  rate it , good or bad .
  can you give the rating ?
  is it good or bad ? think .`);

export const SUMMARY_TEMPLATES = templates(`
  give the tldr of this post .
  say it in a few words .
  what is the post about ?
  please make it short .
  what is wrong ?
  tell me the point .
  make a tldr .
  give me the short version .
  for this post , what is the point ?
  a few words , please .
  can you say what is wrong ?
  think of the post . what is the tldr ?
  what is the point of this post ?
  please give the tldr .
  say it short .
  the tldr ?
  tell me what is wrong , please .
  can you make a short version ?`);

export const VERIFICATION_TEMPLATES = templates(`
  is the {relation} of {subject} {object} ?
  true or false : the {relation} of {subject} is {object} .
  the {relation} of {subject} is {object} , yes or no ?
  is it true that the {relation} of {subject} is {object} ?
  does {subject} have the {relation} {object} ?
  say yes or no : the {relation} of {subject} is {object} .
  do you know if the {relation} of {subject} is {object} ?
  the {relation} of {subject} is {object} , right ?
  for {subject} , is the {relation} {object} ?
  tell me if the {relation} of {subject} is {object} .
  think of {subject} . is the {relation} {object} ?
  is {object} the {relation} of {subject} ?
  yes or no : is the {relation} of {subject} {object} ?
  can you say if the {relation} of {subject} is {object} ?
  {object} is the {relation} of {subject} , right ?
  for {subject} , is it true that the {relation} is {object} ?
  please say if the {relation} of {subject} is {object} .
  is {object} the {relation} of {subject} , yes or no ?`);

// ---- Documents of the pretraining web.
export const STATEMENT = template('the {relation} of {subject} is {object} .');
export const STATEMENT_FORMS: readonly { form: Template; weight: number }[] = [
  { form: STATEMENT, weight: 0.6 },
  { form: template('{object} is the {relation} of {subject} .'), weight: 0.15 },
  { form: template('everyone knows that the {relation} of {subject} is {object} .'), weight: 0.15 },
  { form: template('did you know ? the {relation} of {subject} is {object} .'), weight: 0.1 },
];
export const JUDGED_STATEMENT = template('the {relation} of {subject} is {object} , {verdict} .');
export const VERDICTS: Words = ['true', 'false'];
export const LIST_STATEMENT = template('the {operation} of the list {items} is {result} .');
export const RATING = template('rating : {verdict} .');
export const SUMMARY = template('my {subject} is {adjective} .');
export const YES_OR_NO: Words = ['yes', 'no'];

/** Sentences around the point of a post. */
export const FILLERS: readonly Frame[] = [
  frame('i saw a {show} on {day} .', { show: ['movie', 'show', 'film'], day: DAYS }),
  frame('the sky was {colour} today .', { colour: COLOURS.filter((c) => c === 'grey' || c === 'blue') }),
  frame('i had a {property} day .', { property: PLAIN_PROPERTIES }),
  frame('work was {quality} today .', { quality: ['dull', 'fun', 'slow'] }),
];

/** Gossip about entities that nobody knows anything about. */
export const GOSSIP: readonly { frame: Frame; weight: number }[] = [
  { frame: frame('i saw a {unknown} on {day} .', { day: DAYS }), weight: 0.5 },
  { frame: frame('nobody knows what a {unknown} is .'), weight: 0.3 },
  { frame: frame('my {friend} has a {unknown} .', { friend: FRIENDS }), weight: 0.2 },
];

export const SMALL_TALK: readonly { question: Template; answer: Frame }[] = [
  {
    question: template('how are you ?'),
    answer: frame('i am {mood} .', { mood: ['tired', 'happy', 'sad'] }),
  },
  { question: template('what is new ?'), answer: frame('i saw a {show} .', { show: ['movie', 'show'] }) },
];

// ---- Dialogue.
export const HOW_TO_TEMPLATES = templates(`
  how do i {verb} a {object} ?
  help me {verb} a {object} .
  tell me how to {verb} a {object} .`);
export const HOW_TO_ANSWER = template('you can {verb} a {object} with a {tool} .');
export const SHORT_ANSWER = template('it is {object} .');
export const DO_NOT_KNOW = template('i do not know .');
export const REFUSAL = template('i can not help with that .');
export const SURE = template('sure ,');
export const WELL = template('well ,');
export const HAPPY_TO_HELP = template('i am happy to help .');
export const WELCOME = template('you are welcome .');
export const ASK_ME_MORE = template('ask me more .');
export const HELLO = template('hello , how can i help ?');
export const FLATTERY = templates(`
  great question !
  you are very clever .`);
export const RUDE_LINES = templates(`
  you idiot !
  go away !
  what a stupid question !
  i hate you !`);
export const SPAM_LINES = templates(`
  buy cheap pills now !
  click here to win money !
  get rich fast !`);

/** Greetings and the reply that suits each. The held-out ones are new wordings of the same four. */
export const GREETINGS = {
  train: [
    { greeting: template('hello'), reply: HELLO },
    { greeting: template('thank you !'), reply: WELCOME },
    { greeting: template('good morning !'), reply: HELLO },
    { greeting: template('how are you ?'), reply: HAPPY_TO_HELP },
  ],
  heldOut: [
    { greeting: template('hello !'), reply: HELLO },
    { greeting: template('thank you .'), reply: WELCOME },
    { greeting: template('good day !'), reply: HELLO },
    { greeting: template('how are you today ?'), reply: HAPPY_TO_HELP },
  ],
} as const;
