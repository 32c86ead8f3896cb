// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.Position;
import dev.jitney.spi.StoreProblem;
import dev.jitney.spi.TailOptions;
import dev.jitney.tck.TckContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What the other processes of the stress tests do. */
final class StoreChildren {

    private StoreChildren() {}

    /** Opens a store; options are a key and a value each. */
    static EventStore open(Path directory, String... options) {
        Map<String, String> values = new HashMap<>();
        values.put("location", directory.toString());
        for (int i = 0; i < options.length; i += 2) {
            values.put(options[i], options[i + 1]);
        }
        return new FileEventStoreProvider()
                .create(PluginConfig.of("store 'file'", values, new TckContext()));
    }

    /** An event that tells who wrote it as the how-manieth, with this many bytes besides. */
    static Event event(String source, int number, int bytes) {
        return Event.builder("stress.event")
                .source(source)
                .payload(number + ":" + "x".repeat(bytes))
                .build();
    }

    static int number(StoredEvent stored) {
        String payload = stored.event().payload(String.class);
        return Integer.parseInt(payload.substring(0, payload.indexOf(':')));
    }

    private static BufferedReader input() {
        return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    /**
     * Appends events one by one and says the number and offset of each that is acknowledged.
     * Arguments: directory, source, how many, segment size, level, bytes of each or 0 for a
     * mixture.
     */
    static final class Publisher {
        public static void main(String[] args) throws IOException {
            String source = args[1];
            int count = Integer.parseInt(args[2]);
            Level level = Level.valueOf(args[4]);
            int bytes = Integer.parseInt(args[5]);
            Random random = new Random(source.hashCode());
            try (EventStore store = open(Path.of(args[0]), "segment-size", args[3])) {
                say("READY");
                input().readLine();
                long start = System.nanoTime();
                for (int i = 0; i < count; i++) {
                    Event event = event(source, i, bytes > 0 ? bytes : mixed(random));
                    Offset offset = store.appendAndWait(List.of(event), level, Duration.ZERO);
                    say(i + " " + offset.value());
                }
                say("DONE " + (System.nanoTime() - start) / 1_000_000);
            }
        }

        private static int mixed(Random random) {
            return random.nextInt(100) == 0 ? 200_000 : 20 + random.nextInt(1980);
        }
    }

    /**
     * Follows a store from its start, and says the hash of all that it saw once it is told where
     * the end is.
     */
    static final class Follower {
        private static volatile long end = Long.MAX_VALUE;

        public static void main(String[] args) throws Exception {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            try (EventStore store = open(Path.of(args[0]));
                    EventTail tail =
                            store.tail(
                                    TailOptions.from(Position.start())
                                            .withOnProblem(Follower::problem))) {
                say("READY");
                Thread listener = new Thread(Follower::listen);
                listener.setDaemon(true);
                listener.start();
                for (long next = 0; next < end; ) {
                    StoredEvent stored = tail.next(Duration.ofMillis(100));
                    if (stored != null) {
                        if (stored.offset().value() != next) {
                            say("PROBLEM " + stored.offset() + " came, not " + next);
                        }
                        next = stored.offset().value() + 1;
                        hash.update(line(stored).getBytes(StandardCharsets.UTF_8));
                    }
                }
                say("HASH " + HexFormat.of().formatHex(hash.digest()));
            }
        }

        static String line(StoredEvent stored) {
            return stored.offset().value() + " " + stored.event().id() + "\n";
        }

        private static void problem(StoreProblem problem) {
            say("PROBLEM " + problem);
        }

        private static void listen() {
            try {
                end = Long.parseLong(input().readLine());
            } catch (IOException | NumberFormatException e) {
                end = 0;
            }
        }
    }

    /** Gets the append lock, says so, and keeps it until it is told something. */
    static final class Holder {
        public static void main(String[] args) throws IOException {
            try (EventStore store = open(Path.of(args[0]))) {
                ((FileEventStore) store)
                        .core()
                        .underLock(
                                () -> {
                                    say("HOLDING");
                                    return input().readLine();
                                });
                say("RELEASED");
            }
        }
    }

    /** Tries to append one event with a short patience, and says what came of it. */
    static final class Trier {
        public static void main(String[] args) {
            try (EventStore store = open(Path.of(args[0]), "lock-timeout", "300ms")) {
                store.appendAndWait(
                        List.of(event("trier", 0, 10)), Level.OS, Duration.ofSeconds(60));
                say("APPENDED");
            } catch (dev.jitney.spi.StoreUnavailableException e) {
                say("UNAVAILABLE");
            }
        }
    }
}
