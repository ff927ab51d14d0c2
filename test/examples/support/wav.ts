/** What the header of a WAV file says about its samples; the layout that `sox` and `flite` write. */
export function wavFormat(file: Buffer): { hertz: number; channels: number; bits: number } {
  if (file.toString("latin1", 0, 4) !== "RIFF" || file.toString("latin1", 8, 16) !== "WAVEfmt ") {
    throw new Error(`no WAV file: it begins with ${JSON.stringify(file.toString("latin1", 0, 16))}`);
  }
  return { hertz: file.readUInt32LE(24), channels: file.readUInt16LE(22), bits: file.readUInt16LE(34) };
}
