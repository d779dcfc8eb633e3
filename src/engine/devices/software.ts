/** Names that software rasterisers report: Chrome, Mesa, Windows, and generic wordings. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|lavapipe|basic render|\bwarp\b|software/i;

/** Whether an adapter of this name is emulated on the processor. */
export const isSoftwareName = (name: string): boolean => SOFTWARE.test(name);
