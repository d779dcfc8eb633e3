import { kept } from './en/kept';
import { i18n } from './index';

// English words of parts that come later; whoever draws such a part imports this file. Other languages come whole.
i18n.addResourceBundle('en', 'translation', kept, true);
