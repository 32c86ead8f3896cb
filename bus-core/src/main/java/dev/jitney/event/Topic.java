// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The topic of events whose payload is of this class (EVT-7): {@code @Topic("user.login") record
 * UserLogin(String name) {}}. It is not inherited (TOP-3). {@link Event#of(Object)} reads it and
 * refuses a topic that is not valid.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Topic {

    /** Returns the topic, for example {@code user.login}. */
    String value();
}
