import { addSentences } from '.';
import { zh } from './zh';

// For whoever takes in what must be sayable in every language, whichever is read now.
addSentences('zh', zh);
