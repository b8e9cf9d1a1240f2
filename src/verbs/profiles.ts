import { reading, steering } from './plain.ts'

export const profileVerbs = {
  profiles_put: steering<'profiles_put'>((deps, _, actor, { name, state }) => deps.profiles.put(actor, name, state)),
  profiles_list: reading<'profiles_list'>((deps, actor) => deps.profiles.list(actor)),
  profiles_get: reading<'profiles_get'>((deps, actor, { name }) => deps.profiles.get(actor, name)),
  profiles_delete: steering<'profiles_delete'>((deps, _, actor, { name }) => deps.profiles.delete(actor, name)),
}
