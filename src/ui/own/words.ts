import { addEnglish } from '../i18n';
import { own } from '../i18n/en/own';

addEnglish(own);
