// SPDX-License-Identifier: Apache-2.0
package dev.jitney.test;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeliveryState;
import dev.jitney.event.TopicPattern;
import dev.jitney.test.TestBus.Failure;
import java.util.ArrayList;
import java.util.List;

/** What a test has said would go wrong. */
final class Expectations {

    private final List<TopicPattern> failures = new ArrayList<>();
    private final List<TopicPattern> deadLetters = new ArrayList<>();
    private boolean unfinished;

    void failures(TopicPattern pattern) {
        failures.add(pattern);
    }

    void deadLetters(TopicPattern pattern) {
        deadLetters.add(pattern);
    }

    void unfinished() {
        unfinished = true;
    }

    boolean wantsUnfinished() {
        return unfinished;
    }

    boolean wantsFailure(String topic) {
        return matches(failures, topic);
    }

    boolean wantsDeadLetter(String topic) {
        return matches(deadLetters, topic);
    }

    private static boolean matches(List<TopicPattern> patterns, String topic) {
        return patterns.stream().anyMatch(pattern -> pattern.matches(topic));
    }

    /** Returns a line for each expectation that nothing has met. */
    List<String> unmet(List<String> failed, List<String> lettered) {
        List<String> unmet = new ArrayList<>();
        for (TopicPattern pattern : failures) {
            if (failed.stream().noneMatch(pattern::matches)) {
                unmet.add("No handler failed on '%s', which was expected.".formatted(pattern));
            }
        }
        for (TopicPattern pattern : deadLetters) {
            if (lettered.stream().noneMatch(pattern::matches)) {
                unmet.add("No dead letter of '%s' was made, as expected.".formatted(pattern));
            }
        }
        return unmet;
    }

    static String describe(Failure failure) {
        String how =
                failure.state() == DeliveryState.TIMED_OUT
                        ? "was ended at its limit"
                        : "failed in attempt " + failure.attempts();
        return "Handler '%s' %s on '%s': %s"
                .formatted(failure.subscription(), how, failure.event().topic(), failure.error());
    }

    static String describe(DeadLetter letter) {
        return "A dead letter of '%s' was made: %s: %s"
                .formatted(letter.event().topic(), letter.reason(), letter.errorMessage());
    }

    static AssertionError error(
            String head, List<String> lines, List<? extends Throwable> failures) {
        AssertionError error = new AssertionError(head + "\n- " + String.join("\n- ", lines));
        failures.forEach(error::addSuppressed);
        return error;
    }
}
