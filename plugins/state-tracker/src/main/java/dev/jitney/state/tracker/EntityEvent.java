// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import dev.jitney.event.Severity;

/** A kind of event of one domain. The enums of this package have them all. */
public interface EntityEvent {

    /** Returns what it is called, and what its payload must and may say. */
    EventShape shape();

    /** Returns its topic. */
    default String topic() {
        return shape().topic();
    }

    /** Returns how bad it is: WARNING for failures and errors. */
    default Severity severity() {
        boolean bad =
                topic().endsWith("failed")
                        || topic().endsWith("failure")
                        || topic().endsWith("error");
        return bad ? Severity.WARNING : Severity.INFO;
    }
}
