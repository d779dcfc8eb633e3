import { LOG } from './glsl';

/**
 * Pieces of GLSL that losses share. "Not a number" is told by its bits: min, max, clamp and isnan are undefined or
 * unreliable where it occurs.
 */
export const LOSS_MATHS = `${LOG}
bool isNan(float x) { return (floatBitsToInt(x) & 0x7fffffff) > 0x7f800000; }
float expOf(float x) { return isNan(x) ? x : exp(x); }
float smaller(float a, float b) { return isNan(a) ? a : isNan(b) ? b : b < a ? b : a; }
float larger(float a, float b) { return isNan(a) ? a : isNan(b) ? b : b > a ? b : a; }
/** log(1 + exp(x)) and its slope, the logistic function. */
vec2 softplus(float x) {
  if (isNan(x)) return vec2(x);
  float e = exp(-abs(x));
  return vec2((x > 0.0 ? x : 0.0) + exactLog(vec4(1.0 + e)).x, (x >= 0.0 ? 1.0 : e) / (1.0 + e));
}
`;

/** Parts into which sums over tokens are cut: enough to keep a GPU busy, few enough to add up in one go. */
export const LOSS_PARTS = 64;
