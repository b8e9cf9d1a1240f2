import type { KeyMode } from '../contract/actor.ts'
import { profileLimits, type ProfileRecord, type ProfileState, type ProfileUse } from '../contract/profiles.ts'
import { fail } from '../failure/failure.ts'
import type { Clock } from '../lib/clock.ts'
import type { Store } from '../store/db.ts'
import { changeProfile, deleteProfile, getProfile, listProfiles, useProfile, type ProfileBody, type ProfileKey } from '../store/profiles.ts'
import { createVault, type Vault } from './vault.ts'

export interface Owner {
  workspaceId: string
  mode: KeyMode
}

/** Cookies and storage under names, encrypted at rest. All but `list` and `delete` throw platform.not_configured where no key is set. */
export interface Profiles {
  list(owner: Owner): Promise<ProfileRecord[]>
  /** Throws caller.not_found, as `delete`. */
  get(owner: Owner, name: string): Promise<ProfileRecord>
  /** Makes it, or replaces all that it holds. Throws caller.payload_too_large. */
  put(owner: Owner, name: string, state: ProfileState): Promise<ProfileRecord>
  delete(owner: Owner, name: string): Promise<ProfileRecord>
  /** What it holds. Throws caller.not_found where it is neither there nor to be begun. */
  load(owner: Owner, use: ProfileUse): Promise<ProfileState>
  /** Keeps what `change` makes of what is there now. */
  change(owner: Owner, name: string, change: (state: ProfileState) => ProfileState): Promise<void>
}

const setting = 'LYREBIRD_PROFILE_KEY'
const empty = (): ProfileState => ({ cookies: [], origins: [] })

export const createProfiles = ({ store: { db }, passphrase, clock }: { store: Store; passphrase: string | undefined; clock: Clock }): Profiles => {
  const vault = passphrase === undefined ? undefined : createVault(passphrase)
  const now = (): Date => new Date(clock())
  const keyOf = (owner: Owner, name: string): ProfileKey => ({ ...owner, name })
  const aboutOf = ({ workspaceId, mode, name }: ProfileKey): string => JSON.stringify([workspaceId, mode, name])
  const known = (): Vault => {
    if (!vault) throw fail('platform.not_configured', { setting })
    return vault
  }

  const open = async (body: Uint8Array, key: ProfileKey): Promise<ProfileState> => {
    const text = await known().open(body, aboutOf(key))
    if (text === undefined) throw fail('platform.not_configured', { setting: `${setting} under which this profile was kept` })
    const state = JSON.parse(text) as ProfileState
    const nowS = clock() / 1000
    return { ...state, cookies: state.cookies.filter(({ expires }) => expires === undefined || expires > nowS) }
  }

  const seal = async (state: ProfileState, key: ProfileKey): Promise<ProfileBody> => {
    const text = JSON.stringify(state)
    if (Buffer.byteLength(text) > profileLimits.bytes) throw fail('caller.payload_too_large', { limitBytes: profileLimits.bytes })
    const sites = [...new Set([...state.cookies.map(({ domain }) => domain), ...state.origins.map(({ origin }) => origin)])].toSorted()
    return { body: await known().seal(text, aboutOf(key)), cookies: state.cookies.length, sites }
  }

  const get = async (owner: Owner, name: string): Promise<ProfileRecord> => {
    const found = name.includes('\0') ? undefined : await getProfile(db, keyOf(owner, name))
    if (!found) throw fail('caller.not_found', { kind: 'profile', id: name })
    return found
  }

  return {
    get,
    list: ({ workspaceId, mode }) => listProfiles(db, workspaceId, mode),

    async put(owner, name, state) {
      known()
      const key = keyOf(owner, name)
      await changeProfile(db, key, now(), () => seal(state, key))
      return get(owner, name)
    },

    async delete(owner, name) {
      const gone = name.includes('\0') ? undefined : await deleteProfile(db, keyOf(owner, name))
      if (!gone) throw fail('caller.not_found', { kind: 'profile', id: name })
      return gone
    },

    async load(owner, { name, save }) {
      known()
      const key = keyOf(owner, name)
      const body = await useProfile(db, key, now())
      if (body) return open(body, key)
      if (!save) throw fail('caller.not_found', { kind: 'profile', id: name })
      return empty()
    },

    async change(owner, name, change) {
      const key = keyOf(owner, name)
      await changeProfile(db, key, now(), async (body) => seal(within(change(body ? await open(body, key) : empty())), key))
    },
  }
}

/** The newest are kept where a site sets more than a profile holds. */
const within = ({ cookies, origins }: ProfileState): ProfileState => ({ cookies: cookies.slice(-profileLimits.cookies), origins: origins.slice(-profileLimits.origins) })
