/** How many bytes may be in hand at once, of all requests together. What does not fit is turned away. */
export interface Room {
  /** Takes so many bytes; false, and nothing taken, where they do not fit. */
  take(bytes: number): boolean;
  give(bytes: number): void;
  readonly taken: number;
}

export function createRoom(most: number): Room {
  let taken = 0;
  return {
    take(bytes) {
      if (taken + bytes > most) return false;
      taken += bytes;
      return true;
    },
    give(bytes) {
      taken -= bytes;
    },
    get taken() {
      return taken;
    },
  };
}
