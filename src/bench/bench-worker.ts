import '../pipeline/contract/no-eval';
import { openOurs } from './ours';
import { serve } from './worker-api';

serve(
  (backend, kind) => openOurs(backend, kind === 'plain' ? 'plain' : 'fused'),
  (_, kind) => kind === 'plain',
);
