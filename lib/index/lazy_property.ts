/**
 * Members of plain objects that are made when they are first asked for, and are plain from then on.
 *
 * @module
 */

interface LazyKey {
  /** Puts the maker of the member at an object. */
  attach(target: object, make: () => unknown): void;
  readonly descriptor: PropertyDescriptor;
}

/** Objects with members of the same names share their getters, so that engines see one shape. */
const keys = new Map<string, LazyKey>();

/** Gives `target` a member that `make` makes at its first use. There may be thousands of objects. */
export function lazyProperty(target: object, key: string, make: () => unknown): void {
  let lazy = keys.get(key);
  if (!lazy) keys.set(key, lazy = lazyKey(key));
  lazy.attach(target, make);
  Object.defineProperty(target, key, lazy.descriptor);
}

/** A constructor that gives back another object adds the private members of its class to that one. */
class Attachment {
  constructor(target: object) {
    return target;
  }
}

function lazyKey(key: string): LazyKey {
  // A private member is invisible to all that copies or compares objects, and unlike entries of a
  // WeakMap it costs the garbage collector nothing.
  class Maker extends Attachment {
    #make: (() => unknown) | undefined;

    constructor(target: object, make: () => unknown) {
      super(target);
      this.#make = make;
    }

    static run(target: object): unknown {
      return #make in target ? target.#make?.() : undefined;
    }

    static forget(target: object): void {
      if (#make in target) target.#make = undefined;
    }
  }
  const settle = (target: object, value: unknown) => {
    Object.defineProperty(target, key, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
    Maker.forget(target);
  };
  return {
    attach(target, make) {
      new Maker(target, make);
    },
    descriptor: {
      configurable: true,
      enumerable: true,
      get(this: object) {
        const value = Maker.run(this);
        settle(this, value);
        return value;
      },
      set(this: object, value: unknown) {
        settle(this, value);
      },
    },
  };
}
