import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { settingFields, settingValue } from '../../pipeline/contract/settings';
import { placeOf, stageOfNode } from '../../pipeline/lab/edit';
import { STAGES } from '../../pipeline/stages';
import { Tex } from '../formula/Tex';
import { settingText } from '../i18n/dynamic';
import { actions, useLab } from '../store/useLab';
import { setView } from '../store/useView';
import { isTerm } from './Glossary';
import classes from './gallery.module.css';
import { settingsOfLink, type Block, type Inline } from '../lessons/lesson';

/** Paragraphs and lists of a lesson. */
export function RichText({ blocks }: { blocks: readonly Block[] }) {
  return (
    <>
      {blocks.map((block, i) =>
        block.type === 'paragraph' ? (
          <p key={i}>
            <Line content={block.content} />
          </p>
        ) : (
          <ul key={i}>
            {block.items.map((item, k) => (
              <li key={k}>
                <Line content={item} />
              </li>
            ))}
          </ul>
        ),
      )}
    </>
  );
}

function Line({ content }: { content: readonly Inline[] }) {
  return content.map((part, i) => {
    switch (part.type) {
      case 'text':
        return <span key={i}>{part.text}</span>;
      case 'strong':
        return <strong key={i}>{part.text}</strong>;
      case 'code':
        return <code key={i}>{part.text}</code>;
      case 'math':
        return <Tex key={i}>{part.text}</Tex>;
      case 'link':
        return <Link key={i} text={part.text} to={part.to} />;
    }
  });
}

/** To a term, to settings, or to a paper. */
function Link({ text, to }: { text: string; to: string }) {
  const changes = settingsOfLink(to);
  if (changes) return <SettingsLink text={text} changes={changes} />;
  if (to.startsWith('#')) return <TermLink text={text} term={to.slice(1)} />;
  return (
    <a href={to} target="_blank" rel="noreferrer">
      {text}
    </a>
  );
}

function TermLink({ text, term }: { text: string; term: string }) {
  const { t } = useTranslation();
  if (!isTerm(term)) return text;
  return (
    <Tooltip label={t(`glossary.terms.${term}.text`)} events={{ hover: true, focus: true, touch: false }}>
      <button
        type="button"
        className={classes.term}
        onClick={() => setView({ term: t(`glossary.terms.${term}.name`) })}
      >
        {text}
      </button>
    </Tooltip>
  );
}

type Changes = NonNullable<ReturnType<typeof settingsOfLink>>;

/** Sets settings and shows them; plain text where their arm is gone. */
function SettingsLink({ text, changes }: { text: string; changes: Changes }) {
  const { t } = useTranslation();
  const config = useLab((s) => s.config);
  if (changes.some(({ node }) => !placeOf(config, node))) return text;
  const words = changes.map(({ node, name, value }) => {
    const stage = stageOfNode(config, node);
    const owner = config.arms.find((a) => a.id === node.split('/')[0])?.name;
    return `${owner ? `${owner}: ` : ''}${settingText(stage, name).label} = ${value}`;
  });
  const set = () => {
    for (const { node, name, value } of changes) {
      const stage = stageOfNode(config, node);
      const field = settingFields(STAGES[stage].settings).find((f) => f.name === name);
      if (field) actions.set(node, name, settingValue(value, field.kind));
    }
    actions.select(changes[0]!.node);
  };
  return (
    <Tooltip
      label={t('lesson.set', { names: words.join('; ') })}
      events={{ hover: true, focus: true, touch: false }}
    >
      <button type="button" className={classes.set} onClick={set}>
        {text}
      </button>
    </Tooltip>
  );
}
