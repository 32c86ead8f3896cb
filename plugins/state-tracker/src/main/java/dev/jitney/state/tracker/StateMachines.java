// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** The machines that come with this plugin, for tests, the services under test, and their runs. */
public final class StateMachines {

    /** Their names. */
    public static final List<String> NAMES =
            List.of(
                    "test",
                    "experiment",
                    "service",
                    "environment",
                    "plugin",
                    "step",
                    "assertion",
                    "metrics",
                    "workflow");

    private StateMachines() {}

    /** Returns all of them. */
    public static List<StateMachine> all() {
        return NAMES.stream().map(StateMachines::of).toList();
    }

    /**
     * Returns the machine of this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static StateMachine of(String name) {
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException(
                    "No state machine is named '" + name + "'. There are: " + names() + ".");
        }
        try (InputStream in = StateMachines.class.getResourceAsStream(name + ".json")) {
            byte[] json = Objects.requireNonNull(in, name).readAllBytes();
            return StateMachine.parse(new String(json, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String names() {
        return String.join(", ", NAMES);
    }
}
