// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A header whose text is made when somebody looks at the headers of its event. */
final class LateHeader {

    private final String name;
    private final Supplier<String> value;

    // A cache without a lock: every thread that loses the race makes an equal one. It is immutable,
    // so that a thread which sees it without a lock sees all of it.
    private @Nullable Details made;

    LateHeader(String name, Supplier<String> value) {
        this.name = Objects.requireNonNull(name, "name");
        this.value = Objects.requireNonNull(value, "value");
    }

    /** Returns details with the header; to be called by those that it belongs to. */
    Details in(Details before) {
        Details now = made;
        if (now == null) {
            now = before.withHeader(name, value.get());
            made = now;
        }
        return now;
    }
}
