import {
  IconAlertTriangle,
  IconCheck,
  IconCircleDashed,
  IconClock,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
} from '@tabler/icons-react';
import type { NodeStatus } from '../../pipeline/lab/lab';

const ICONS: Record<NodeStatus, typeof IconCheck> = {
  missing: IconCircleDashed,
  stale: IconRefresh,
  interrupted: IconPlayerPause,
  queued: IconClock,
  running: IconPlayerPlay,
  paused: IconPlayerPause,
  done: IconCheck,
  failed: IconAlertTriangle,
};

/** The state of a stage as a small picture; the words stand beside it. */
export function StatusIcon({ status }: { status: NodeStatus }) {
  const Icon = ICONS[status];
  return <Icon size="0.9em" stroke={2.25} aria-hidden style={{ flex: 'none' }} />;
}
