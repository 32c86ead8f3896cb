// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

/** When an event is complete (ORD-6). */
public enum Completion {
    /** When every handler has ended. */
    ALL,
    /**
     * When the first handler has returned a value that is not null. Handlers that have not begun
     * are cancelled and never run, running ones are cancelled. Zero, false and the empty text are
     * values; failures and null are not. Without a value every handler runs. A failure makes a dead
     * letter only where no handler has returned, see {@link DeadLetters}.
     */
    FIRST
}
