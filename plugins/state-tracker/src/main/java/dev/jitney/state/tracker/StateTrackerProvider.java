// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import dev.jitney.spi.EventHandler;
import dev.jitney.spi.HandlerProvider;
import dev.jitney.spi.PluginConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes the handler {@code state-tracker}. The options are listed in the README of this module. */
public final class StateTrackerProvider implements HandlerProvider {

    /** What to do with replayed events. */
    enum Replays {
        /** They move nothing. */
        IGNORE,
        /** They move things, as when a tracker is to be brought up to date from a store. */
        APPLY
    }

    /** Called by the service loader. */
    public StateTrackerProvider() {}

    @Override
    public String name() {
        return "state-tracker";
    }

    /** Does nothing without a machine. */
    @Override
    public boolean automatic() {
        return false;
    }

    @Override
    public EventHandler create(PluginConfig config) {
        StateTracker.Builder builder = StateTracker.builder();
        String machines = config.string("machines");
        Path directory = config.path("directory");
        String given = config.string("directory");
        if (machines == null && given == null) {
            config.problem("'machines' and 'directory' are missing, expected one of them");
        }
        builder.maxEntities((int) config.number("max-entities", 10_000, 1, 1_000_000));
        builder.maxHistory((int) config.number("max-history", 100, 1, 10_000));
        builder.replays(config.choice("replays", Replays.IGNORE) == Replays.APPLY);
        addReady(config, machines, builder);
        if (given != null && given.isEmpty()) {
            config.problem("'directory' is empty");
        } else if (directory != null) {
            addFiles(config, directory, builder);
        }
        config.check();
        StateTracker tracker = builder.build();
        tracker.start(config.context());
        return tracker;
    }

    private static void addReady(
            PluginConfig config, @Nullable String machines, StateTracker.Builder builder) {
        for (String name :
                machines == null ? List.<String>of() : List.of(machines.split(",", -1))) {
            if (StateMachines.NAMES.contains(name.strip())) {
                add(config, name, () -> StateMachines.of(name.strip()), builder);
            } else {
                config.problem(
                        "'machines' has '"
                                + name.strip()
                                + "', expected some of "
                                + StateMachines.names());
            }
        }
    }

    private static void addFiles(
            PluginConfig config, Path directory, StateTracker.Builder builder) {
        if (!Files.isDirectory(directory)) {
            String fault = Files.exists(directory) ? "is not a directory" : "does not exist";
            config.problem("'directory' is '%s', which %s".formatted(directory, fault));
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> found =
                    files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
            if (found.isEmpty()) {
                config.problem(
                        "'directory' is '%s', which has no file that ends in .json"
                                .formatted(directory));
            }
            for (Path file : found) {
                add(
                        config,
                        String.valueOf(file.getFileName()),
                        () -> StateMachine.parse(Files.readString(file)),
                        builder);
            }
        } catch (IOException e) {
            config.problem("'directory' is '%s', which cannot be read: %s".formatted(directory, e));
        }
    }

    private interface Source {
        StateMachine get() throws IOException;
    }

    private static void add(
            PluginConfig config, String what, Source source, StateTracker.Builder builder) {
        try {
            builder.machine(source.get());
        } catch (IOException e) {
            config.problem(what + ": cannot be read: " + e);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            config.problem(
                    what
                            + ": "
                            + (message.endsWith(".")
                                    ? message.substring(0, message.length() - 1)
                                    : message));
        }
    }
}
