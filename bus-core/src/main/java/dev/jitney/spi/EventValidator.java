// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Event;
import java.util.List;

/**
 * Looks at every event before the bus takes it (PUB-3, VAL-1, VAL-2). The rules are proved by
 * {@code dev.jitney.tck.EventValidatorContract}.
 *
 * <p><b>When.</b> On the publisher's thread, after all interceptors and before the event's id is
 * reserved. The event has what publishing fills in. Validators run in order of name; the first that
 * refuses the event is the last that sees it. Events that are delivered again, by retry, replay,
 * forwarding or from another process, and those that the bus itself publishes below {@code
 * system.}, are not validated.
 *
 * <p><b>Strict or warn.</b> A problem that is no warning refuses the event: {@code publish} throws
 * {@link ValidationException} with all problems. Warnings alone are logged, at most once a minute,
 * and the event is taken. A validator that is to warn only gives warnings only.
 *
 * <p><b>Threads.</b> Safe for concurrent use. It must be quick, since every publisher waits for it,
 * and must not publish.
 *
 * <p><b>Failures.</b> A {@link ValidationException} that it throws refuses the event as well.
 * Anything else that it throws is its own failure: it is logged and the event is taken (ERR-6).
 */
public interface EventValidator extends AutoCloseable {

    /**
     * Returns the rule's name, always the same, for messages; that of its provider if it has one.
     */
    String name();

    /** Returns all that is wrong with the event; an empty list if nothing is. */
    List<ValidationException.Problem> validate(Event event);

    /** Releases its resources. Closing again has no effect. */
    @Override
    default void close() {}
}
