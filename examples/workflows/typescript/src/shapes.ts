/** Bytes as they travel: base64 inside JSON, which the algorithms' workers read and write. */
export type Base64 = string;

/** What the workflows and the algorithms say to each other: the contract. */
export interface AudioClip {
  /** A WAV file: 16 kHz, mono, 16 bit. */
  audio: Base64;
}

export interface SpeakerID {
  speaker: string;
  /** 0: two speakers fit alike, 1: a perfect match. */
  confidence: number;
}

/** Seconds from the beginning. */
export interface Segment {
  start: number;
  end: number;
}

export interface Transcript {
  text: string;
  seconds: number;
}

export interface Summary {
  headline: string;
  topics: string[];
}

/** What `TranscriptionWorkflow` answers. Where nobody speaks there is only `speech`, empty. */
export interface Transcription {
  speech: Segment[];
  speaker: SpeakerID | null;
  transcript: Transcript | null;
  summary: Summary | null;
}
