// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import org.jspecify.annotations.Nullable;

/** Something is wrong inside of a payload; the path to it grows on the way out. */
final class PathProblem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private String path = "";

    PathProblem(String reason, @Nullable Throwable cause) {
        // No stack trace: it never leaves this package.
        super(reason, cause, false, false);
    }

    PathProblem in(String name) {
        path = path.isEmpty() || path.startsWith("[") ? name + path : name + "." + path;
        return this;
    }

    PathProblem in(int index) {
        String place = "[" + index + "]";
        path = path.isEmpty() || path.startsWith("[") ? place + path : place + "." + path;
        return this;
    }

    /** Returns place and reason: {@code 'user.age' is a string, expected an integer}. */
    String sentence(String whole) {
        return (path.isEmpty() ? whole : "'" + path + "'") + " " + getMessage();
    }
}
