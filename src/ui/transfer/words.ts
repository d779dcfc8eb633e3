import { addEnglish } from '../i18n';
import { transfer } from '../i18n/en/transfer';

addEnglish(transfer);
