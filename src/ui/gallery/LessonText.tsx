import { language } from '../i18n';
import { lessonOf, type DemoEntry } from '../lessons/demos';
import type { LessonStep } from '../lessons/lesson';
import { RichText } from './RichText';

/** What a lesson says in one of its steps. */
export function LessonText({ demo, step }: { demo: DemoEntry; step: LessonStep }) {
  const lesson = lessonOf(demo, language());
  return lesson ? <RichText blocks={lesson.steps[step]} /> : null;
}
