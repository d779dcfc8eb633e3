interface LineSignProps {
  dashes?: string;
  width?: number;
  colour?: string | undefined;
}

/** A piece of a line, for legends. */
export const LineSign = ({ dashes, width = 2, colour = 'currentColor' }: LineSignProps) => (
  <svg width="18" height="6" aria-hidden>
    <path d="M1 3H18" stroke={colour} strokeWidth={width} strokeDasharray={dashes} strokeLinecap="round" />
  </svg>
);

/** A piece of a band with a line in the middle. */
export const BandSign = () => (
  <svg width="18" height="10" aria-hidden>
    <rect width="18" height="10" fill="currentColor" opacity="0.25" />
    <path d="M0 5H18" stroke="currentColor" strokeWidth="1" />
  </svg>
);

/** An interval as a vertical line with ends. */
export const IntervalSign = () => (
  <svg width="8" height="12" aria-hidden>
    <path d="M4 1V11M1.5 1H6.5M1.5 11H6.5" stroke="currentColor" strokeWidth="1.25" />
  </svg>
);
