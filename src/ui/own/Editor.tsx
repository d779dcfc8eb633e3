import { javascript } from '@codemirror/lang-javascript';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { minimalSetup } from 'codemirror';
import { useEffect, useRef } from 'react';
import classes from './own.module.css';

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--arm-0)' },
  { tag: [tags.string, tags.regexp], color: 'var(--arm-2)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--arm-1)' },
  { tag: tags.comment, color: 'var(--text-muted)' },
]);

interface EditorProps {
  label: string;
  /** Replaced from outside where it differs from what stands there. */
  value: string;
  onChange: (value: string) => void;
}

/** A code editor; Tab leaves it, as any other field. */
export function Editor({ label, value, onChange }: EditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const changed = useRef(onChange);
  useEffect(() => {
    changed.current = onChange;
  });

  useEffect(() => {
    const editor = new EditorView({
      parent: place.current!,
      state: EditorState.create({
        extensions: [
          minimalSetup,
          lineNumbers(),
          javascript(),
          syntaxHighlighting(COLOURS),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed.current(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, [label]);

  useEffect(() => {
    const editor = view.current!;
    const { doc } = editor.state;
    if (doc.toString() !== value) editor.dispatch({ changes: { from: 0, to: doc.length, insert: value } });
  }, [value, label]);

  return <div ref={place} className={classes.editor} />;
}
