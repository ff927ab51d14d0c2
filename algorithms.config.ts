import { defineAlgorithms } from "./registry/define.ts";

// The algorithms that this stack keeps live. Each one's repository decides what runs; this file decides where from, for
// whom and within which limits. The README explains every field.
export default defineAlgorithms({
  namespaces: {
    speech: { owner: "speech-platform", retention: "72h" },
  },
  algorithms: {
    transcribe: {
      namespace: "speech",
      owner: "asr-research",
      source: { path: "examples/algorithms/transcribe" },
    },
    "voice-activity": {
      namespace: "speech",
      owner: "audio-research",
      source: { path: "examples/algorithms/voice-activity" },
    },
    "speaker-id": {
      namespace: "speech",
      owner: { team: "speaker-research", slack: "#speaker-id" },
      source: { path: "examples/algorithms/speaker-id" },
      limits: { cpu: "1", memory: "2Gi" },
    },
    // Not written yet: the workflow engineers' stub answers until it is.
    summarize: {
      namespace: "speech",
      owner: "nlp-research",
      source: { mock: "mocks/summarize.py" },
    },
  },
});
