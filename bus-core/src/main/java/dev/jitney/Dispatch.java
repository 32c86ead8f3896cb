// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

/** On which thread handlers run (ORD-9, ORD-10). */
public enum Dispatch {
    /** On threads of the bus; only a caller that waits anyway may run them itself. */
    QUEUED,
    /**
     * On the publisher's thread, before {@code publish} returns, in the bus's order: a publisher
     * whose turn it is not yet waits for it. When a time limit passes the event goes on without the
     * publisher, whose thread returns when the handler does. A handler that suspends goes on on
     * threads of the bus while the publisher waits.
     */
    DIRECT
}
