// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.TopicPattern;

/**
 * The interest of one handler in the events of a pattern.
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 */
public interface Subscription extends AutoCloseable {

    /** Returns an id that no other subscription of this bus has or will have. */
    String id();

    /** Returns the name from the options, or else one made of pattern and id. */
    String name();

    /** Returns the pattern. */
    TopicPattern pattern();

    /** Returns the priority; higher runs first (SUB-3). */
    int priority();

    /** Says whether events may still be delivered to it. */
    boolean active();

    /**
     * Says whether it is durable and waits for another owner of its cursor, here or in another
     * process, to end (DSU-3). It takes over within a second then, and nothing is delivered to it
     * before.
     */
    default boolean standby() {
        return false;
    }

    /** Returns how many events its handler has handled without failing. */
    long handled();

    /** Returns how many events its handler has failed on, time limits included. */
    long failed();

    /** Returns how many attempts were made after a first one. */
    long retried();

    /**
     * Runs the action, once, when the subscription has ended, on the thread that ends it, or at
     * once if it has. The action must be quick; what it throws is logged.
     */
    void onClosed(Runnable action);

    /**
     * Ends the subscription: once this has returned, no event begins to be processed for it. An
     * event whose processing has begun may still run its handler (SUB-5). Closing again has no
     * effect; where several threads close it, that holds for each of them, but only the first runs
     * the actions of {@link #onClosed}, and no other waits for these.
     */
    @Override
    void close();
}
