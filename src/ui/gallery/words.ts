import { addEnglish } from '../i18n';
import { glossary } from '../i18n/en/glossary';

addEnglish(glossary);
