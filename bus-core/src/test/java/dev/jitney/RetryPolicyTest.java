// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryPolicyTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final IOException FAILURE = new IOException("disk");

    private static List<Duration> backoffs(RetryPolicy policy, int retries, double random) {
        return IntStream.rangeClosed(1, retries)
                .mapToObj(failed -> policy.backoff(failed, random))
                .toList();
    }

    @Test
    @DisplayName("ERR-3 without a policy of its own a handler runs once")
    void noneNeverRetries() {
        assertThat(RetryPolicy.none().attempts()).isEqualTo(1);
        assertThat(RetryPolicy.none().retries(FAILURE, 1)).isFalse();
        assertThat(RetryPolicy.none().retries(new RetryException("later"), 1)).isFalse();
        assertThat(RetryPolicy.none()).hasToString("RetryPolicy[attempts=1]");
    }

    @Test
    @DisplayName("ERR-3 the attempts are counted with the first one")
    void attemptsCountTheFirst() {
        RetryPolicy policy = RetryPolicy.immediate(3);
        assertThat(policy.retries(FAILURE, 1)).isTrue();
        assertThat(policy.retries(FAILURE, 2)).isTrue();
        assertThat(policy.retries(FAILURE, 3)).isFalse();
        assertThat(policy.retries(FAILURE, Integer.MAX_VALUE)).isFalse();
        assertThat(backoffs(policy, 3, 1)).containsOnly(Duration.ZERO);
        assertThat(policy).hasToString("RetryPolicy[attempts=3]");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1_001, Integer.MIN_VALUE, Integer.MAX_VALUE})
    @DisplayName("ERR-3 attempts out of range are refused")
    void attemptsHaveARange(int attempts) {
        assertThatThrownBy(() -> RetryPolicy.immediate(attempts))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Attempts '"
                                + attempts
                                + "' is out of range. Use 1 to 1000, the first run included.");
        assertThat(RetryPolicy.immediate(1_000).attempts()).isEqualTo(1_000);
    }

    @Test
    @DisplayName("ERR-3 a fixed back-off is equally long before each retry")
    void fixedBackoff() {
        RetryPolicy policy = RetryPolicy.fixed(5, Duration.ofHours(3));
        assertThat(backoffs(policy, 4, 0.7)).containsOnly(Duration.ofHours(3));
        assertThat(policy).hasToString("RetryPolicy[attempts=5, first=PT3H]");
    }

    @Test
    @DisplayName("ERR-3 an exponential back-off grows by its factor up to its ceiling")
    void exponentialBackoff() {
        RetryPolicy policy =
                RetryPolicy.builder()
                        .attempts(9)
                        .exponential(Duration.ofMillis(100), 3)
                        .ceiling(Duration.ofSeconds(2))
                        .build();
        assertThat(backoffs(policy, 5, 0))
                .containsExactly(
                        Duration.ofMillis(100),
                        Duration.ofMillis(300),
                        Duration.ofMillis(900),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(2));
        assertThat(policy)
                .hasToString("RetryPolicy[attempts=9, first=PT0.1S, factor=3.0, ceiling=PT2S]");
    }

    @Test
    @DisplayName(
            "ERR-3 a back-off never overflows, however many attempts and however great the factor")
    void hostileGrowth() {
        RetryPolicy policy =
                RetryPolicy.builder()
                        .attempts(1_000)
                        .exponential(Duration.ofDays(1), 1_000)
                        .ceiling(Duration.ofDays(365))
                        .build();
        assertThat(policy.backoff(999, 0)).isEqualTo(Duration.ofDays(365));
        assertThat(policy.backoff(Integer.MAX_VALUE, 0)).isEqualTo(Duration.ofDays(365));
        RetryPolicy zero = RetryPolicy.exponential(1_000, Duration.ZERO);
        assertThat(zero.backoff(Integer.MAX_VALUE, 0)).isZero();
    }

    @Test
    @DisplayName("ERR-3 without a ceiling a wait ends growing at an hour, or at the first delay")
    void defaultCeiling() {
        assertThat(RetryPolicy.exponential(99, SECOND).backoff(60, 0))
                .isEqualTo(RetryPolicy.DEFAULT_CEILING)
                .isEqualTo(Duration.ofHours(1));
        assertThat(RetryPolicy.exponential(99, Duration.ofDays(2)).backoff(60, 0))
                .isEqualTo(Duration.ofDays(2));
    }

    @Test
    @DisplayName("ERR-3 a copy of a policy that sets no ceiling sets none either")
    void copyWithoutCeiling() {
        Duration day = Duration.ofDays(1);
        RetryPolicy longer =
                RetryPolicy.exponential(3, SECOND).toBuilder().exponential(day, 2).build();
        assertThat(longer.backoff(1, 0)).isEqualTo(day);
        RetryPolicy set = RetryPolicy.builder().attempts(2).ceiling(SECOND).build();
        assertThatThrownBy(() -> set.toBuilder().fixed(day).build())
                .hasMessageContaining("is below the first delay");
    }

    @Test
    @DisplayName("ERR-4 a handler that asks for a retry after null says nothing, and is told")
    void afterNothing() {
        assertThatThrownBy(() -> RetryException.after(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("delay");
    }

    @Test
    @DisplayName("ERR-3 jitter takes up to its share off a wait and never adds to it")
    void jitterTakesOff() {
        RetryPolicy policy = RetryPolicy.fixed(5, SECOND).toBuilder().jitter(0.2).build();
        assertThat(policy.backoff(1, 0)).isEqualTo(SECOND);
        assertThat(policy.backoff(1, 0.5)).isEqualTo(Duration.ofMillis(900));
        assertThat(policy.backoff(1, 1)).isEqualTo(Duration.ofMillis(800));
        RetryPolicy full = policy.toBuilder().jitter(1).build();
        assertThat(full.backoff(4, 1)).isZero();
        assertThat(RetryPolicy.exponential(5, SECOND).backoff(2, 1)).isEqualTo(SECOND);
        assertThat(policy).hasToString("RetryPolicy[attempts=5, first=PT1S, jitter=0.2]");
    }

    @Test
    @DisplayName("ERR-3 what is out of range is refused, with what is accepted")
    void ranges() {
        RetryPolicy.Builder builder = RetryPolicy.builder();
        assertThatThrownBy(() -> builder.jitter(1.01))
                .hasMessage("Jitter '1.01' is out of range. Use 0 to 1.");
        assertThatThrownBy(() -> builder.jitter(Double.NaN))
                .hasMessage("Jitter 'NaN' is out of range. Use 0 to 1.");
        assertThatThrownBy(() -> builder.exponential(SECOND, 0.5))
                .hasMessage("Factor '0.5' is out of range. Use 1 to 1000.");
        assertThatThrownBy(() -> builder.exponential(SECOND, Double.POSITIVE_INFINITY))
                .hasMessage("Factor 'Infinity' is out of range. Use 1 to 1000.");
        assertThatThrownBy(() -> builder.fixed(Duration.ofNanos(-1)))
                .hasMessage("Delay 'PT-0.000000001S' is out of range. Use zero to 365 days.");
        assertThatThrownBy(() -> builder.exponential(Duration.ofDays(366)))
                .hasMessage("First delay 'PT8784H' is out of range. Use zero to 365 days.");
        assertThatThrownBy(() -> builder.ceiling(Duration.ofSeconds(Long.MAX_VALUE)))
                .hasMessageEndingWith("' is out of range. Use zero to 365 days.");
        assertThatThrownBy(() -> builder.fixed(SECOND).ceiling(Duration.ofMillis(1)).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Ceiling 'PT0.001S' is below the first delay 'PT1S'. Raise it, or shorten"
                                + " the delay.");
        assertThatThrownBy(() -> RetryPolicy.none().backoff(0, 0))
                .hasMessage("Failed attempts '0' is out of range. Use 1 or more.");
        assertThatThrownBy(() -> RetryPolicy.none().backoff(1, -0.1))
                .hasMessage("Random number '-0.1' is out of range. Use 0 to 1.");
    }

    @Test
    @DisplayName("ERR-3 only the errors that the policy names are retried, subclasses too")
    void namedErrors() {
        RetryPolicy policy =
                RetryPolicy.builder()
                        .attempts(2)
                        .retryOn(IOException.class)
                        .retryIf(error -> "busy".equals(error.getMessage()))
                        .neverOn(FileNotFoundException.class)
                        .build();
        assertThat(policy.retries(FAILURE, 1)).isTrue();
        assertThat(policy.retries(new IllegalStateException("busy"), 1)).isTrue();
        assertThat(policy.retries(new IllegalStateException("gone"), 1)).isFalse();
        assertThat(policy.retries(new FileNotFoundException("busy"), 1)).isFalse();
        assertThat(policy.retries(new UncheckedIOException(FAILURE), 1))
                .as("causes are not looked at")
                .isFalse();
    }

    @Test
    @DisplayName(
            "ERR-3 every failure is retried when the policy names none, errors of the JVM apart")
    void anyError() {
        RetryPolicy policy = RetryPolicy.immediate(2);
        assertThat(policy.retries(new AssertionError(), 1)).isTrue();
        assertThat(policy.retries(new StackOverflowError(), 1)).isTrue();
        assertThat(policy.retries(new NoClassDefFoundError(), 1)).isTrue();
        assertThat(policy.retries(new OutOfMemoryError(), 1)).isFalse();
    }

    @Test
    @DisplayName("ERR-3 a condition that throws does not hold, and what it threw is kept")
    void throwingCondition() {
        RuntimeException broken = new IllegalStateException("broken");
        RetryPolicy policy =
                RetryPolicy.builder()
                        .attempts(2)
                        .retryIf(
                                error -> {
                                    throw broken;
                                })
                        .build();
        IOException failure = new IOException("disk");
        assertThat(policy.retries(failure, 1)).isFalse();
        assertThat(failure).hasSuppressedException(broken);
        // An exception cannot be suppressed by itself.
        assertThat(policy.retries(broken, 1)).isFalse();
        RetryPolicy next = policy.toBuilder().retryOn(IOException.class).build();
        assertThat(next.retries(failure, 1)).isTrue();
    }

    @Test
    @DisplayName("ERR-4 a handler that asks for a retry gets it, whatever errors the policy names")
    void askedRetry() {
        RetryPolicy policy =
                RetryPolicy.fixed(2, SECOND).toBuilder()
                        .retryOn(IOException.class)
                        .neverOn(RuntimeException.class)
                        .build();
        assertThat(policy.retries(new RetryException("busy"), 1)).isTrue();
        assertThat(policy.retries(new RetryException("busy"), 2)).isFalse();
        assertThat(policy.backoff(new RetryException("busy"), 1, 0)).isEqualTo(SECOND);
        Duration day = Duration.ofDays(1);
        assertThat(policy.backoff(RetryException.after(day), 1, 0)).isEqualTo(day);
        assertThat(policy.backoff(RetryException.after(Duration.ZERO), 1, 0)).isZero();
        assertThat(policy.backoff(FAILURE, 1, 0)).isEqualTo(SECOND);
    }

    @Test
    @DisplayName("ERR-4 a policy may retry on request only")
    void onRequest() {
        RetryPolicy policy = RetryPolicy.onRequest(4);
        assertThat(policy.retries(FAILURE, 1)).isFalse();
        assertThat(policy.retries(new RetryException("busy", FAILURE), 3)).isTrue();
        assertThat(policy.backoff(3, 0)).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    @DisplayName("ERR-4 a rejected event is never retried")
    void rejected() {
        RetryPolicy policy =
                RetryPolicy.builder().attempts(9).retryOn(RejectException.class).build();
        assertThat(policy.retries(new RejectException("no such customer"), 1)).isFalse();
    }

    @Test
    @DisplayName("ERR-4 the exceptions of a handler carry delay, reason and cause")
    void exceptions() {
        RetryException asked = new RetryException("busy", SECOND, FAILURE);
        assertThat(asked).hasMessage("busy").hasCause(FAILURE);
        assertThat(asked.delay()).isEqualTo(SECOND);
        assertThat(new RetryException("busy").delay()).isNull();
        assertThat(RetryException.after(SECOND))
                .hasMessage("The handler asks to run again after PT1S.");
        assertThatThrownBy(() -> RetryException.after(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Delay 'PT-1S' is out of range. Use zero to 365 days.");
        RejectException rejected = new RejectException("no such customer", FAILURE);
        assertThat(rejected).hasMessage("no such customer").hasCause(FAILURE);
        assertThat(rejected.reason()).isEqualTo("no such customer");
        assertThatThrownBy(() -> new RejectException(" \n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "The reason of a rejection is blank. Say why the event can never be"
                                + " handled.");
    }

    @Test
    @DisplayName("ERR-3 a policy may release the order, and a copy keeps all that it says")
    void copies() {
        RetryPolicy policy =
                RetryPolicy.exponential(7, SECOND).toBuilder()
                        .retryOn(IOException.class)
                        .neverOn(FileNotFoundException.class)
                        .releaseOrder()
                        .build();
        RetryPolicy copy = policy.toBuilder().build();
        assertThat(policy.releasesOrder()).isTrue();
        assertThat(RetryPolicy.none().releasesOrder()).isFalse();
        assertThat(copy)
                .hasToString(
                        "RetryPolicy[attempts=7, first=PT1S, factor=2.0, ceiling=PT1H, jitter=0.5,"
                                + " releasesOrder]");
        assertThat(copy.retries(FAILURE, 1)).isTrue();
        assertThat(copy.retries(new FileNotFoundException(), 1)).isFalse();
        assertThat(copy.retries(new IllegalStateException(), 1)).isFalse();
        assertThat(copy.toBuilder().noDelay().build().backoff(5, 0)).isZero();
    }
}
