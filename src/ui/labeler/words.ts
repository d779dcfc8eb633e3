import { addEnglish } from '../i18n';
import { labeler } from '../i18n/en/labeler';

addEnglish(labeler);
