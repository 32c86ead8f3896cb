// SPDX-License-Identifier: Apache-2.0
package dev.jitney.test;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.Outcome;
import dev.jitney.test.TestBus.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Gathers what a test did not expect of its bus, and fails it with all of that at once. */
final class Verdict {

    /** How long a handler that was interrupted has to heed that, in true time. */
    private static final Duration LEAVING = Duration.ofSeconds(2);

    private static final long PAUSE_NANOS = 1_000_000;

    private final String bus;
    private final Expectations expected;
    private final List<String> lines = new ArrayList<>();
    private final List<Throwable> causes = new ArrayList<>();
    private boolean unsettled;

    Verdict(String bus, Expectations expected) {
        this.bus = bus;
        this.expected = expected;
    }

    void unsettled(String message) {
        unsettled = true;
        lines.add(message);
    }

    void actionFailed(Throwable error) {
        unsettled("An action that the time ran: " + error);
        causes.add(error);
    }

    void unfinished(Recorder recorder) {
        int open = recorder.open();
        if (open == 0 || unsettled || expected.wantsUnfinished()) {
            return;
        }
        List<String> why = new ArrayList<>(recorder.backOffs());
        recorder.running().forEach(attempt -> why.add(attempt.toString()));
        lines.add(
                (open == 1 ? "1 event has" : open + " events have")
                        + " not ended: "
                        + String.join("; ", why)
                        + ".");
    }

    void failures(Recorder recorder, List<DeadLetter> letters) {
        List<String> failed = new ArrayList<>();
        for (Failure failure : recorder.failures()) {
            failed.add(failure.event().topic());
            if (!expected.wantsFailure(failure.event().topic())) {
                lines.add(Expectations.describe(failure));
                causes.add(failure.error());
            }
        }
        rejected(recorder, failed);
        lines.addAll(expected.unmet(failed, deadLetters(recorder.failures(), letters)));
    }

    private void rejected(Recorder recorder, List<String> failed) {
        for (Recorder.Entry entry : recorder.published()) {
            String topic = entry.event().topic();
            if (entry.outcome() == Outcome.REJECTED) {
                failed.add(topic);
                if (!expected.wantsFailure(topic)) {
                    lines.add("The store refused an event of '%s'.".formatted(topic));
                }
            }
        }
    }

    /** Returns the topics of letters that no failure explains. */
    private List<String> deadLetters(List<Failure> failures, List<DeadLetter> letters) {
        List<String> topics = new ArrayList<>();
        for (DeadLetter letter : letters) {
            if (failures.stream().anyMatch(failure -> explains(failure, letter))) {
                continue;
            }
            topics.add(letter.event().topic());
            if (!expected.wantsDeadLetter(letter.event().topic())) {
                lines.add(Expectations.describe(letter));
            }
        }
        return topics;
    }

    private static boolean explains(Failure failure, DeadLetter letter) {
        return failure.subscription().equals(letter.handler())
                && failure.event().id().equals(letter.event().id());
    }

    /** Looks at a bus that was closed. */
    void leftBehind(Recorder recorder, BusTime time) {
        Deadline deadline = new Deadline(LEAVING);
        while (!deadline.over() && !(recorder.leftBehind().isEmpty() && time.timers() == 0)) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        for (Recorder.Attempt attempt : recorder.leftBehind()) {
            lines.add(
                    "Handler '%s' was ended and has not heeded it: its thread is still there."
                            .formatted(attempt.subscription()));
        }
        if (time.timers() > 0) {
            lines.add("The bus left %d timers behind.".formatted(time.timers()));
        }
    }

    void give() {
        if (!lines.isEmpty()) {
            String head = "Bus '%s' did what its test did not expect:".formatted(bus);
            throw Expectations.error(head, lines, causes);
        }
    }
}
