import { type ActivityOptions, proxyActivities } from "@temporalio/workflow";
import type { AudioClip, Base64, Segment, SpeakerID, Summary, Transcript, Transcription } from "./shapes.ts";

const options = {
  startToCloseTimeout: "1 minute",
  scheduleToCloseTimeout: "1 hour",
  retry: { maximumAttempts: 10, nonRetryableErrorTypes: ["UnsupportedAudio"] },
} satisfies ActivityOptions;

const { identify_speaker } = proxyActivities<{ identify_speaker(clip: AudioClip): Promise<SpeakerID> }>({
  ...options,
  taskQueue: "speaker-id",
});
const { voice_activity } = proxyActivities<{ voice_activity(audio: Base64): Promise<Segment[]> }>({
  ...options,
  taskQueue: "voice-activity",
});
const { transcribe } = proxyActivities<{ transcribe(audio: Base64): Promise<Transcript> }>({
  ...options,
  taskQueue: "transcribe",
  startToCloseTimeout: "5 minutes",
});
const { summarize } = proxyActivities<{ summarize(text: string): Promise<Summary> }>({
  ...options,
  taskQueue: "summarize",
});

/** Who speaks in a clip. */
export async function SpeakerIdentificationWorkflow(clip: AudioClip): Promise<SpeakerID> {
  return await identify_speaker(clip);
}

/** Who says what in a clip, and in short. Where nobody speaks, nothing more is asked. */
export async function TranscriptionWorkflow(clip: AudioClip): Promise<Transcription> {
  const speech = await voice_activity(clip.audio);
  if (speech.length === 0) return { speech, speaker: null, transcript: null, summary: null };
  const [speaker, transcript] = await Promise.all([identify_speaker(clip), transcribe(clip.audio)]);
  return { speech, speaker, transcript, summary: await summarize(transcript.text) };
}
