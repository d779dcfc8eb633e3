import '../pipeline/contract/no-eval';
import { openOurs } from './ours';
import { serve } from './worker-api';

serve(
  (backend, kind) =>
    openOurs(backend, kind === 'plain' ? 'plain' : 'fused', kind === 'fused-f16' ? 'f16' : 'f32'),
  (_, kind) => kind === 'plain',
);
