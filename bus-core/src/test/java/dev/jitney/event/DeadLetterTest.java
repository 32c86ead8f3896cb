// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.DeadLetter.Reason;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DeadLetterTest {

    private static final Instant NOON = Instant.parse("2026-05-06T12:00:00.123456789Z");
    private static final Instant MILLIS = Instant.parse("2026-05-06T12:00:00.123Z");

    private final EventClock clock = EventClock.of(InstantSource.fixed(NOON));
    private final Event event = Event.builder("a.b").id("e1").source("s").payload(1).build();

    @Test
    @DisplayName("ERR-5 a letter says all about the failure, with times to the millisecond")
    void saysAllAboutTheFailure() {
        DeadLetter letter =
                DeadLetter.builder(event, Reason.HANDLER_ERROR)
                        .id("l1")
                        .handler("mail")
                        .error(new IllegalStateException("no route"))
                        .attempts(3)
                        .firstTime(NOON)
                        .lastTime(NOON.plusSeconds(5))
                        .build();
        assertThat(letter.event()).isSameAs(event);
        assertThat(letter.errorClass()).isEqualTo("java.lang.IllegalStateException");
        assertThat(letter.errorMessage()).isEqualTo("no route");
        assertThat(letter.stack())
                .startsWith("java.lang.IllegalStateException: no route")
                .contains("DeadLetterTest.saysAllAboutTheFailure");
        assertThat(letter.attempts()).isEqualTo(3);
        assertThat(letter.retries()).isZero();
        assertThat(letter.firstTime()).isEqualTo(MILLIS);
        assertThat(letter.lastTime()).isEqualTo(MILLIS.plusSeconds(5));
        assertThat(letter.line()).as("of a true event").isNull();
        assertThat(letter)
                .hasToString(
                        "DeadLetter[id=l1, topic=a.b, event=e1, reason=HANDLER_ERROR, handler=mail,"
                                + " attempts=3, retries=0,"
                                + " error=java.lang.IllegalStateException: no route]");
    }

    @Test
    @DisplayName("ERR-5 id and times come from the clock unless they are given")
    void takesIdAndTimesFromTheClock() {
        DeadLetter one = DeadLetter.builder(event, Reason.OVERFLOW).clock(clock).build();
        DeadLetter two = DeadLetter.builder(event, Reason.OVERFLOW).clock(clock).build();
        assertThat(one.lastTime()).isEqualTo(MILLIS);
        assertThat(one.firstTime()).isEqualTo(MILLIS);
        assertThat(two.id()).isGreaterThan(one.id());
        assertThat(one.handler()).isEmpty();
        assertThat(one.attempts()).isZero();
        DeadLetter late = one.toBuilder().firstTime(NOON.minusSeconds(9)).build();
        assertThat(late.id()).isEqualTo(one.id());
        assertThat(late.firstTime()).isEqualTo(MILLIS.minusSeconds(9));
        assertThat(late.lastTime()).isEqualTo(MILLIS);
    }

    @Test
    @DisplayName("ERR-5 a retry is a copy that counts one more, at its time")
    void countsRetriesInCopies() {
        DeadLetter letter = DeadLetter.builder(event, Reason.REJECTED).clock(clock).build();
        DeadLetter retried = letter.retried(NOON.plusSeconds(60)).retried(NOON.plusSeconds(90));
        assertThat(letter.retries()).isZero();
        assertThat(retried.retries()).isEqualTo(2);
        assertThat(retried.lastTime()).isEqualTo(MILLIS.plusSeconds(90));
        assertThat(retried.firstTime()).isEqualTo(MILLIS);
        assertThat(retried.toBuilder().retries(0).lastTime(NOON).build()).isEqualTo(letter);
        assertThat(retried).isNotEqualTo(letter).hasSameHashCodeAs(letter);
        assertThat(retried.toBuilder().reason(Reason.OVERFLOW).build()).isNotEqualTo(retried);
    }

    @Test
    @DisplayName("ERR-5 message and stack are cut, never in the middle of a character")
    void cutsLongTexts() {
        String smile = "\ud83d\ude00";
        DeadLetter letter =
                DeadLetter.builder(event, Reason.HANDLER_ERROR)
                        .error("c", "x" + smile.repeat(3_000), "y".repeat(100_000))
                        .build();
        assertThat(letter.errorMessage()).hasSize(4_096).endsWith(smile + "…");
        assertThat(letter.stack()).hasSize(16_384).endsWith("y…");
        DeadLetter odd =
                DeadLetter.builder(event, Reason.HANDLER_ERROR)
                        .error("c", smile.repeat(3_000), "y".repeat(16_384))
                        .build();
        assertThat(odd.errorMessage()).hasSize(4_095).endsWith(smile + "…");
        assertThat(odd.stack()).hasSize(16_384).endsWith("yy");
    }

    @Test
    @DisplayName("ERR-5 a failure that cannot even be read is kept as far as it goes")
    void bearsFailuresThatFail() {
        RuntimeException broken =
                new RuntimeException() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public String getMessage() {
                        throw new IllegalStateException("no words");
                    }
                };
        DeadLetter letter = DeadLetter.builder(event, Reason.HANDLER_ERROR).error(broken).build();
        assertThat(letter.errorClass()).startsWith("dev.jitney.event.DeadLetterTest$");
        assertThat(letter.errorMessage())
                .isEqualTo("(the message cannot be read: java.lang.IllegalStateException)");
        assertThat(letter.stack())
                .endsWith("(the rest cannot be read: java.lang.IllegalStateException)");
        StackOverflowError deep = new StackOverflowError();
        RuntimeException circle = new RuntimeException("a", deep);
        deep.initCause(circle);
        DeadLetter endless = DeadLetter.builder(event, Reason.HANDLER_ERROR).error(circle).build();
        assertThat(endless.stack()).contains("CIRCULAR REFERENCE").hasSizeLessThan(16_385);
        DeadLetter mute =
                DeadLetter.builder(event, Reason.HANDLER_ERROR).error(new Error()).build();
        assertThat(mute.errorMessage()).isEmpty();
    }

    @Test
    @DisplayName("DSU-4 a line that is no event is a letter whose event stands in for it")
    void keepsALineThatIsNoEvent() {
        byte[] line = {'{', 0, (byte) 0xff};
        DeadLetter letter = DeadLetter.undecodable(line, "file:/events").clock(clock).build();
        line[0] = '!';
        assertThat(letter.reason()).isEqualTo(Reason.SERIALIZATION_ERROR);
        assertThat(letter.event().topic()).isEqualTo("system.undecodable");
        assertThat(letter.event().source()).isEqualTo("file:/events");
        assertThat(letter.event().contentType()).isEqualTo("application/octet-stream");
        assertThat(letter.line()).containsExactly('{', 0, 0xff);
        byte[] given = letter.line();
        given[0] = '?';
        assertThat(letter.line()).as("what is given out is a copy").containsExactly('{', 0, 0xff);
        DeadLetter event =
                DeadLetter.builder(Event.of("a.b", line), Reason.SERIALIZATION_ERROR).build();
        assertThat(event.line()).as("of a true event with bytes").isNull();
    }

    @Test
    @DisplayName("ERR-5 refuses an empty id and numbers below zero")
    void refusesWhatCannotBe() {
        DeadLetter.Builder builder = DeadLetter.builder(event, Reason.OVERFLOW);
        assertThatThrownBy(() -> builder.id(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The id of a dead letter is ''. Give at least one character.");
        assertThatThrownBy(() -> builder.attempts(-1))
                .hasMessage("attempts must be 0 or more, but was -1");
        assertThatThrownBy(() -> builder.retries(-2))
                .hasMessage("retries must be 0 or more, but was -2");
    }

    @Test
    @DisplayName("RES-1 a delivery has ended in every state but the first two")
    void knowsWhichStatesAreTheEnd() {
        for (DeliveryState state : DeliveryState.values()) {
            boolean before = state == DeliveryState.PENDING || state == DeliveryState.STARTED;
            assertThat(state.ended()).as("%s", state).isEqualTo(!before);
        }
    }
}
