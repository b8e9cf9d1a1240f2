export { createProfiles, type Profiles } from './profiles.ts'
export { createSessions, type Sessions } from './sessions.ts'
