import { i18n } from '../i18n';
import { transfer } from '../i18n/en/transfer';

// English comes with the page, but for what is opened seldom; the other languages have these words in their catalogues
i18n.addResourceBundle('en', 'translation', transfer, true);
