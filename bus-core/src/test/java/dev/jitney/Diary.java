// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.Event;
import dev.jitney.spi.DeliveryInfo;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.PublicationInfo;
import dev.jitney.spi.PublicationInfo.Origin;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Takes down what interceptors are told of each event: a line for each hook, in order, with the
 * state in which it finds the event or the delivery. What a bus publishes itself is left out.
 */
final class Diary implements Interceptor {

    /** A hook of the event of this topic. */
    private record Line(String topic, String text) {}

    private final List<Line> lines = new CopyOnWriteArrayList<>();
    private final List<String> subscriptions = new CopyOnWriteArrayList<>();
    private final List<PublicationInfo> publications = new CopyOnWriteArrayList<>();

    @Override
    public String name() {
        return "diary";
    }

    /** Returns what was told of the events of a topic, {@code published} apart. */
    List<String> of(String topic) {
        return lines.stream()
                .filter(one -> one.topic.equals(topic) && !one.text.equals("published"))
                .map(Line::text)
                .toList();
    }

    /** Returns how often it was told that publish returns for a topic. */
    long published(String topic) {
        return lines.stream().filter(new Line(topic, "published")::equals).count();
    }

    /** Returns what was told of subscriptions. */
    List<String> subscriptions() {
        return subscriptions;
    }

    /** Returns what was shown of the events that have completed. */
    List<PublicationInfo> completed() {
        return publications;
    }

    /** Waits until the hook was called for a topic. */
    void await(String topic, String hook) {
        Await.until(hook + " of " + topic, () -> of(topic).contains(hook));
    }

    void clear() {
        lines.clear();
    }

    @Override
    public PublicationInfo.@Nullable Observer observe(Event event, Origin origin) {
        if (event.topic().startsWith("system.")) {
            return null;
        }
        Follower follower = new Follower(event.topic());
        follower.note("observe " + origin);
        return follower;
    }

    @Override
    public void subscriptionAdded(SubscriptionInfo subscription) {
        subscriptions.add("added " + subscription.name());
    }

    @Override
    public void subscriptionRemoved(SubscriptionInfo subscription) {
        subscriptions.add("removed " + subscription.name());
    }

    private final class Follower implements PublicationInfo.Observer {

        private final String topic;

        Follower(String topic) {
            this.topic = topic;
        }

        void note(String text) {
            lines.add(new Line(topic, text));
        }

        private void note(String hook, DeliveryInfo delivery) {
            note(delivery.subscription() + " " + hook + " " + delivery.state());
        }

        @Override
        public Event beforePublish(Event event) {
            note("beforePublish");
            return event;
        }

        @Override
        public void refused(Event event, Throwable cause) {
            note("refused " + cause.getClass().getSimpleName());
        }

        @Override
        public void pending(PublicationInfo publication) {
            note("pending");
        }

        @Override
        public void published(PublicationInfo publication) {
            note("published");
        }

        @Override
        public void started(PublicationInfo publication) {
            note("started");
        }

        @Override
        public void completed(PublicationInfo publication) {
            publications.add(publication);
            note("completed " + publication.outcome());
        }

        @Override
        public DeliveryInfo.@Nullable Observer observe(DeliveryInfo delivery) {
            note("observe", delivery);
            return new Handling();
        }

        @Override
        public void deadLettered(DeadLetter letter) {
            note("deadLettered " + letter.reason());
        }

        private final class Handling implements DeliveryInfo.Observer {

            @Override
            public void handlerPending(DeliveryInfo delivery) {
                note("handlerPending", delivery);
            }

            @Override
            public void handlerStarted(DeliveryInfo delivery) {
                note("handlerStarted", delivery);
            }

            @Override
            public void attemptStarted(DeliveryInfo delivery) {
                note("attemptStarted " + delivery.attempt(), delivery);
            }

            @Override
            public void attemptEnded(DeliveryInfo delivery) {
                note("attemptEnded " + delivery.attempt() + failure(delivery), delivery);
            }

            @Override
            public void retryScheduled(DeliveryInfo delivery, Duration delay) {
                note("retryScheduled " + delay, delivery);
            }

            @Override
            public void slow(DeliveryInfo delivery) {
                note("slow", delivery);
            }

            @Override
            public void deadLettered(DeadLetter letter) {
                note(letter.handler() + " deadLettered " + letter.reason());
            }

            @Override
            public void handlerCompleted(DeliveryInfo delivery) {
                note("handlerCompleted", delivery);
            }

            private String failure(DeliveryInfo delivery) {
                Throwable error = delivery.error();
                return error == null ? "" : " " + error.getClass().getSimpleName();
            }
        }
    }
}
