/** Something that a person has to put right, said in one line; the command ends with status 1. */
export class Failure extends Error {
  override readonly name = 'Failure';
}
