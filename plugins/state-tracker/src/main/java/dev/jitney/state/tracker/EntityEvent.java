// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import dev.jitney.event.Severity;
import java.util.Map;
import java.util.Set;

/** A kind of event of one domain: what it is called, and what its payload must and may say. */
public interface EntityEvent {

    /** Returns its topic. */
    String topic();

    /** Returns the fields that its payload must have. */
    Set<String> required();

    /** Returns what its payload says where nothing else is given. */
    Map<String, Object> defaults();

    /** Returns how bad it is: WARNING for failures and errors. */
    default Severity severity() {
        boolean bad =
                topic().endsWith("failed")
                        || topic().endsWith("failure")
                        || topic().endsWith("error");
        return bad ? Severity.WARNING : Severity.INFO;
    }
}
