import { create } from 'zustand';
import { ghostsAfter, type Ghosts } from './ghosts';
import { useLab } from './useLab';

/** The run before the present one of every arm. */
export const useGhosts = create<{ ghosts: Ghosts }>(() => ({ ghosts: [] }));

useLab.subscribe((after, before) => {
  const { ghosts } = useGhosts.getState();
  const now = ghostsAfter(ghosts, before, after);
  if (now !== ghosts) useGhosts.setState({ ghosts: now });
});
