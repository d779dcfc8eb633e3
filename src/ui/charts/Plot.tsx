import type { ReactNode } from 'react';
import { ResponsiveContainer } from 'recharts';

/** A chart of recharts that fills the room it has. */
export const Plot = ({ children }: { children: ReactNode }) => (
  <ResponsiveContainer width="100%" height="100%" debounce={50} minWidth={0}>
    {children}
  </ResponsiveContainer>
);
