import { newId } from '../lib/ids.ts'
import { fail, isFailure, type Failure } from './failure.ts'
export const normalize = (error: unknown): Failure => isFailure(error) ? error : fail('platform.internal', { id: newId('err') }, { cause: error })
