// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.Append;
import dev.jitney.spi.Cursor;
import dev.jitney.spi.Cursors;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.Position;
import dev.jitney.spi.PurgeOptions;
import dev.jitney.spi.PurgeReport;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreCapabilities;
import dev.jitney.spi.StoreException;
import dev.jitney.spi.TailOptions;
import dev.jitney.tck.ForwardingCursors;
import dev.jitney.tck.ForwardingEventStore;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Stores that break one rule each, to see whether the contract finds it. */
final class BrokenStores {

    /**
     * A store that breaks a rule.
     *
     * @param failing the test of the contract that finds it
     */
    record Fault(String failing, UnaryOperator<EventStore> store) {}

    private BrokenStores() {}

    /** Returns the faults by what the store does wrong. */
    static Map<String, Fault> all() {
        Map<String, Fault> all = new LinkedHashMap<>();
        all.put("gives the first offset", new Fault("offsetsAreDenseFromZero", FirstOffset::new));
        all.put("tears a batch", new Fault("aBatchKeepsItsOrder", Tearing::new));
        all.put("takes what has no source", new Fault("refusesABatchWhole", Lenient::new));
        all.put("reaches any level", new Fault("failsForUnknownLevels", Overpromising::new));
        all.put("ignores the position", new Fault("readsForward", FromStart::new));
        all.put("ignores the limit", new Fault("keepsTheLimit", Unlimited::new));
        all.put("reads what comes later", new Fault("neverWaits", Restless::new));
        all.put("selects by topic only", new Fault("selectsByEverything", TopicOnly::new));
        all.put(
                "follows from the start only",
                new Fault("tailsFromEveryPosition", TailFromStart::new));
        all.put("gives an event twice", new Fault("seesConcurrentAppendsOnce", Twice::new));
        all.put("keeps gaps to itself", new Fault("tailsTellOfGaps", Secretive::new));
        all.put("moves cursors back", new Fault("isMonotonic", Backsliding::new));
        all.put("lets everybody own a cursor", new Fault("aCursorHasOneOwner", Common::new));
        all.put("lets others move it", new Fault("onlyItsOwnerChangesIt", Lax::new));
        all.put("forgets what is done above", new Fault("keepsWhatIsDoneAbove", Forgetful::new));
        all.put("takes any cursor name", new Fault("refusesBadNames", AnyName::new));
        all.put("purges in a dry run", new Fault("aDryRunRemovesNothing", Wet::new));
        all.put("ignores cursors", new Fault("keepsWhatACursorNeeds", Ruthless::new));
        all.put("ignores keepNewest", new Fault("keepsTheNewest", Greedy::new));
        all.put("stays open", new Fault("refusesCallsAfterClosing", Immortal::new));
        all.put("alters events", new Fault("everyShapeSurvives", Altering::new));
        return all;
    }

    private static class FirstOffset extends ForwardingEventStore {
        FirstOffset(EventStore store) {
            super(store);
        }

        @Override
        public Offset appendAndWait(List<Event> batch, Level level, Duration limit) {
            return super.appendAndWait(batch, level, limit).plus(1 - batch.size());
        }
    }

    private static class Tearing extends ForwardingEventStore {
        Tearing(EventStore store) {
            super(store);
        }

        @Override
        public Offset appendAndWait(List<Event> batch, Level level, Duration limit) {
            int half = Math.max(1, batch.size() / 2);
            return super.appendAndWait(batch.subList(0, half), level, limit);
        }
    }

    private static class Lenient extends ForwardingEventStore {
        Lenient(EventStore store) {
            super(store);
        }

        @Override
        public Append append(List<Event> batch, Level level) {
            List<Event> sourced =
                    batch.stream().map(one -> one.toBuilder().source("made up").build()).toList();
            return super.append(sourced, level);
        }
    }

    private static class Overpromising extends ForwardingEventStore {
        Overpromising(EventStore store) {
            super(store);
        }

        @Override
        public Append append(List<Event> batch, Level level) {
            Append append = super.append(batch, Level.OS);
            return new Append() {
                @Override
                public java.util.concurrent.CompletionStage<Offset> reached(Level any) {
                    return append.reached(Level.OS);
                }

                @Override
                public boolean isDone(Level any) {
                    return true;
                }
            };
        }
    }

    /** Reads with other options than those that were asked for. */
    private abstract static class Misreading extends ForwardingEventStore {
        Misreading(EventStore store) {
            super(store);
        }

        abstract ReadOptions change(ReadOptions options);

        @Override
        public EventReader read(ReadOptions options) {
            return super.read(change(options));
        }
    }

    private static class FromStart extends Misreading {
        FromStart(EventStore store) {
            super(store);
        }

        @Override
        ReadOptions change(ReadOptions options) {
            return options.withFrom(Position.start());
        }
    }

    private static class Unlimited extends Misreading {
        Unlimited(EventStore store) {
            super(store);
        }

        @Override
        ReadOptions change(ReadOptions options) {
            return options.withLimit(Long.MAX_VALUE);
        }
    }

    private static class TopicOnly extends Misreading {
        TopicOnly(EventStore store) {
            super(store);
        }

        @Override
        ReadOptions change(ReadOptions options) {
            Selection.Builder topics = Selection.builder();
            options.selection().patterns().forEach(one -> topics.pattern(one.text()));
            options.selection().excluded().forEach(one -> topics.exclude(one.text()));
            return options.withSelection(topics.build());
        }
    }

    /** Opens its readers at the first read, not when it is asked to. */
    private static class Restless extends ForwardingEventStore {
        Restless(EventStore store) {
            super(store);
        }

        @Override
        public EventReader read(ReadOptions options) {
            return new EventReader() {
                private EventReader late;

                private EventReader reader() {
                    late = late == null ? delegate().read(options) : late;
                    return late;
                }

                @Override
                public StoredEvent next() {
                    return reader().next();
                }

                @Override
                public long count() {
                    return reader().count();
                }

                @Override
                public long scanned() {
                    return reader().scanned();
                }

                @Override
                public void close() {
                    reader().close();
                }
            };
        }
    }

    private static class Altering extends ForwardingEventStore {
        Altering(EventStore store) {
            super(store);
        }

        @Override
        public Offset appendAndWait(List<Event> batch, Level level, Duration limit) {
            List<Event> altered =
                    batch.stream().map(one -> one.toBuilder().key("altered").build()).toList();
            return super.appendAndWait(altered, level, limit);
        }
    }

    private static class TailFromStart extends ForwardingEventStore {
        TailFromStart(EventStore store) {
            super(store);
        }

        @Override
        public EventTail tail(TailOptions options) {
            return super.tail(
                    TailOptions.from(Position.start()).withSelection(options.selection()));
        }
    }

    private static class Secretive extends ForwardingEventStore {
        Secretive(EventStore store) {
            super(store);
        }

        @Override
        public EventTail tail(TailOptions options) {
            return super.tail(options.withOnProblem(problem -> {}));
        }
    }

    /** Gives the hundredth event once more. */
    private static class Twice extends ForwardingEventStore {
        Twice(EventStore store) {
            super(store);
        }

        @Override
        public EventTail tail(TailOptions options) {
            EventTail tail = super.tail(options);
            return new EventTail() {
                private StoredEvent again;

                @Override
                public StoredEvent next(Duration limit) throws InterruptedException {
                    StoredEvent repeated = again;
                    if (repeated != null) {
                        again = null;
                        return repeated;
                    }
                    StoredEvent next = tail.next(limit);
                    again = next != null && next.offset().value() == 99 ? next : null;
                    return next;
                }

                @Override
                public Offset position() {
                    return tail.position();
                }

                @Override
                public void close() {
                    tail.close();
                }
            };
        }
    }

    private static class Backsliding extends ForwardingEventStore {
        Backsliding(EventStore store) {
            super(store);
        }

        @Override
        public Cursors cursors() {
            return new ForwardingCursors(super.cursors()) {
                @Override
                public Cursor save(String name, Offset checkpoint) {
                    return super.reset(name, checkpoint);
                }
            };
        }
    }

    private static class Common extends ForwardingEventStore {
        Common(EventStore store) {
            super(store);
        }

        @Override
        public Cursors cursors() {
            return new ForwardingCursors(super.cursors()) {
                @Override
                public Claim claim(String name) {
                    Claim claim = super.claim(name);
                    return claim == null ? super.claim(name + "x") : claim;
                }
            };
        }
    }

    private static class Lax extends ForwardingEventStore {
        Lax(EventStore store) {
            super(store);
        }

        @Override
        public Cursors cursors() {
            return new ForwardingCursors(super.cursors()) {
                @Override
                public Cursor save(String name, Offset checkpoint) {
                    try {
                        return super.save(name, checkpoint);
                    } catch (StoreException e) {
                        return super.find(name);
                    }
                }
            };
        }
    }

    private static class Forgetful extends ForwardingEventStore {
        Forgetful(EventStore store) {
            super(store);
        }

        @Override
        public Cursors cursors() {
            return new ForwardingCursors(super.cursors()) {
                @Override
                public Claim claim(String name) {
                    Claim claim = super.claim(name);
                    return claim == null ? null : new Shortened(claim);
                }
            };
        }

        private static class Shortened extends ForwardingCursors.ForwardingClaim {
            Shortened(Cursors.Claim claim) {
                super(claim);
            }

            @Override
            public Cursor save(Cursor.Progress progress) {
                return super.save(Cursor.Progress.below(progress.checkpoint()));
            }
        }
    }

    private static class AnyName extends ForwardingEventStore {
        AnyName(EventStore store) {
            super(store);
        }

        @Override
        public Cursors cursors() {
            return new ForwardingCursors(super.cursors()) {
                @Override
                public Cursor save(String name, Offset checkpoint) {
                    return super.save("n" + Math.abs(name.hashCode()), checkpoint);
                }
            };
        }
    }

    /** Purges with other options than those that were asked for. */
    private abstract static class Mispurging extends ForwardingEventStore {
        Mispurging(EventStore store) {
            super(store);
        }

        abstract PurgeOptions change(PurgeOptions options);

        @Override
        public PurgeReport purge(Selection selection, PurgeOptions options) {
            return super.purge(selection, change(options));
        }
    }

    private static class Wet extends Mispurging {
        Wet(EventStore store) {
            super(store);
        }

        @Override
        PurgeOptions change(PurgeOptions options) {
            return new PurgeOptions(false, options.ignoreCursors(), options.keepNewest());
        }

        @Override
        public PurgeReport purge(Selection selection, PurgeOptions options) {
            PurgeReport report = super.purge(selection, options);
            return new PurgeReport(
                    report.events(),
                    report.bytes(),
                    report.kept(),
                    report.byTopic(),
                    options.dryRun());
        }
    }

    private static class Ruthless extends Mispurging {
        Ruthless(EventStore store) {
            super(store);
        }

        @Override
        PurgeOptions change(PurgeOptions options) {
            return new PurgeOptions(options.dryRun(), true, options.keepNewest());
        }
    }

    private static class Greedy extends Mispurging {
        Greedy(EventStore store) {
            super(store);
        }

        @Override
        PurgeOptions change(PurgeOptions options) {
            return new PurgeOptions(options.dryRun(), options.ignoreCursors(), 0);
        }
    }

    private static class Immortal extends ForwardingEventStore {
        Immortal(EventStore store) {
            super(store);
        }

        @Override
        public void close() {}
    }

    /** Declares that it can do nothing optional, and refuses it. */
    static class Modest extends Boastful {
        Modest(EventStore store) {
            super(store);
        }

        @Override
        public EventReader read(ReadOptions options) {
            if (options.backward()) {
                throw new UnsupportedOperationException();
            }
            return super.read(options);
        }

        @Override
        public PurgeReport purge(Selection selection, PurgeOptions options) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Cursors cursors() {
            throw new UnsupportedOperationException();
        }
    }

    /** Declares that it can do nothing optional, and does it all the same. */
    static class Boastful extends ForwardingEventStore {
        Boastful(EventStore store) {
            super(store);
        }

        @Override
        public StoreCapabilities capabilities() {
            return new StoreCapabilities(
                    super.capabilities().levels(), false, true, false, false, false, false, false);
        }
    }
}
