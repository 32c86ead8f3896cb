// SPDX-License-Identifier: Apache-2.0
package dev.jitney.test;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import dev.jitney.spi.DeliveryInfo;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.PublicationInfo;
import dev.jitney.spi.PublicationInfo.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what happens on a bus: which events were accepted, which handlers run, wait or have
 * failed. {@link #moves} counts every step, so that two looks at it say whether anything moved.
 */
final class Recorder implements Interceptor {

    private final VirtualTime time;
    private final AtomicLong moves = new AtomicLong();
    private final AtomicInteger open = new AtomicInteger();
    private final Map<DeliveryInfo, Attempt> running = new ConcurrentHashMap<>();
    private final Map<DeliveryInfo, Instant> backOffs = new ConcurrentHashMap<>();
    private final Map<Thread, Attempt> inside = new ConcurrentHashMap<>();

    // Guarded by itself, which also wakes those that wait for an event.
    private final List<Entry> published = new ArrayList<>();
    private final List<TestBus.Failure> failures = new ArrayList<>();

    Recorder(VirtualTime time) {
        this.time = time;
    }

    @Override
    public String name() {
        return "test-kit";
    }

    @Override
    public Phase phase() {
        return Phase.LATE;
    }

    @Override
    public PublicationInfo.Observer observe(Event event, Origin origin) {
        return new Followed();
    }

    // ---- what was published

    /** An accepted event. */
    static final class Entry {

        private final PublicationInfo publication;
        private final Duration at;
        private boolean returned;

        private Entry(PublicationInfo publication, Duration at) {
            this.publication = publication;
            this.at = at;
        }

        Event event() {
            return publication.event();
        }

        /** Returns when it was published, from the time's start. */
        Duration at() {
            return at;
        }

        @Nullable Outcome outcome() {
            return publication.outcome();
        }
    }

    /** Returns what was published so far, in the order in which it was accepted. */
    List<Entry> published() {
        synchronized (published) {
            return List.copyOf(published);
        }
    }

    /** Waits for the first event that is wanted and was not returned before; null if none comes. */
    @Nullable Event next(Predicate<? super Event> wanted, Deadline deadline) {
        int looked = 0;
        while (true) {
            List<Entry> all = published();
            for (Entry entry : all.subList(looked, all.size())) {
                if (wanted.test(entry.event()) && take(entry)) {
                    return entry.event();
                }
            }
            looked = all.size();
            if (!awaitMore(looked, deadline)) {
                return null;
            }
        }
    }

    private boolean take(Entry entry) {
        synchronized (published) {
            boolean taken = !entry.returned;
            entry.returned = true;
            return taken;
        }
    }

    private boolean awaitMore(int seen, Deadline deadline) {
        synchronized (published) {
            while (published.size() == seen) {
                long left = deadline.nanosLeft();
                if (left == 0 || Thread.currentThread().isInterrupted()) {
                    return false;
                }
                try {
                    published.wait(left / 1_000_000, (int) (left % 1_000_000));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return true;
        }
    }

    // ---- what goes on

    long moves() {
        return moves.get();
    }

    private void moved() {
        moves.incrementAndGet();
    }

    /** Returns how many events were accepted and have not ended. */
    int open() {
        return open.get();
    }

    Collection<Attempt> running() {
        return running.values();
    }

    /** Returns the handlers that run and do not wait for the time. */
    List<Attempt> awake() {
        return running.values().stream().filter(attempt -> !attempt.asleep()).toList();
    }

    /** Returns the events whose handlers wait for the time. */
    List<Event> asleep() {
        Stream<Event> sleeping =
                running.values().stream().filter(Attempt::asleep).map(Attempt::event);
        return Stream.concat(sleeping, backOffs.keySet().stream().map(DeliveryInfo::event))
                .toList();
    }

    /** Says whether a thread in a handler does anything but wait. */
    boolean works() {
        return inside.entrySet().stream()
                .anyMatch(it -> it.getValue().runs() && !Stillness.waits(it.getKey()));
    }

    boolean waitsForTime() {
        return !backOffs.isEmpty() || running.values().stream().anyMatch(Attempt::asleep);
    }

    @Nullable Attempt attemptOn(Thread thread) {
        return inside.get(thread);
    }

    /** Returns the handlers that have ended for the bus while a thread is still in them. */
    List<Attempt> leftBehind() {
        return inside.values().stream().filter(attempt -> !attempt.runs()).distinct().toList();
    }

    /** Returns a line for each handler that is tried again later. */
    List<String> backOffs() {
        return backOffs.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .map(it -> Texts.backOff(it.getKey(), it.getValue(), time.start()))
                .toList();
    }

    List<TestBus.Failure> failures() {
        synchronized (failures) {
            return List.copyOf(failures);
        }
    }

    private final class Followed implements PublicationInfo.Observer {

        private volatile boolean accepted;

        @Override
        public void pending(PublicationInfo publication) {
            moved();
            accepted = true;
            open.incrementAndGet();
            Origin origin = publication.origin();
            if (origin == Origin.PUBLISHED || origin == Origin.FORWARDED) {
                synchronized (published) {
                    published.add(new Entry(publication, time.passed()));
                    published.notifyAll();
                }
            }
        }

        @Override
        public void refused(Event event, Throwable cause) {
            ended();
        }

        @Override
        public void started(PublicationInfo publication) {
            moved();
        }

        @Override
        public void completed(PublicationInfo publication) {
            ended();
        }

        private void ended() {
            if (accepted) {
                accepted = false;
                open.decrementAndGet();
            }
            moved();
        }

        @Override
        public DeliveryInfo.Observer observe(DeliveryInfo delivery) {
            return new Attempts();
        }

        @Override
        public void deadLettered(DeadLetter letter) {
            moved();
        }
    }

    private final class Attempts implements DeliveryInfo.Observer {

        @Override
        public void attemptStarted(DeliveryInfo delivery) {
            moved();
            backOffs.remove(delivery);
            running.put(delivery, new Attempt(delivery, time.passed()));
        }

        @Override
        public @Nullable AutoCloseable enter(DeliveryInfo delivery) {
            moved();
            Attempt attempt = running.get(delivery);
            if (attempt == null) {
                return null;
            }
            Thread thread = Thread.currentThread();
            Attempt before = inside.put(thread, attempt);
            return () -> {
                moved();
                if (before == null) {
                    inside.remove(thread);
                } else {
                    inside.put(thread, before);
                }
            };
        }

        @Override
        public void attemptEnded(DeliveryInfo delivery) {
            moved();
            Attempt attempt = running.remove(delivery);
            if (attempt != null) {
                attempt.end();
            }
        }

        @Override
        public void retryScheduled(DeliveryInfo delivery, Duration delay) {
            moved();
            backOffs.put(delivery, time.instant().plus(delay));
        }

        @Override
        public void handlerCompleted(DeliveryInfo delivery) {
            moved();
            backOffs.remove(delivery);
            DeliveryState state = delivery.state();
            Throwable error = delivery.error();
            boolean failed = state == DeliveryState.FAILED || state == DeliveryState.TIMED_OUT;
            if (failed && error != null) {
                synchronized (failures) {
                    failures.add(TestBus.Failure.of(delivery, error));
                }
            }
        }
    }

    /** One run of a handler. */
    static final class Attempt {

        private final DeliveryInfo delivery;
        private final Duration since;
        private final Set<Object> sleeps = ConcurrentHashMap.newKeySet();
        private volatile boolean runs = true;

        private Attempt(DeliveryInfo delivery, Duration since) {
            this.delivery = delivery;
            this.since = since;
        }

        String subscription() {
            return delivery.subscription();
        }

        Event event() {
            return delivery.event();
        }

        /** Waits for the time until what is returned runs. */
        Runnable fallAsleep() {
            Object sleep = new Object();
            sleeps.add(sleep);
            return () -> sleeps.remove(sleep);
        }

        boolean asleep() {
            return !sleeps.isEmpty();
        }

        boolean runs() {
            return runs;
        }

        private void end() {
            runs = false;
        }

        @Override
        public String toString() {
            return "handler '%s' has been running on event '%s' since %s"
                    .formatted(delivery.subscription(), delivery.event().topic(), Texts.at(since));
        }
    }
}
