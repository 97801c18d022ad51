package io.github.mccache.tck;

import com.google.inject.Guice;
import com.google.inject.Injector;
import javax.cache.annotation.BeanProvider;
import org.jsr107.ri.annotations.guice.module.CacheAnnotationsModule;

/**
 * The beans of the TCK's tests of annotations, found as a service. Without it these tests pass and
 * test nothing, so that it leaves a trace of each bean in the output of the test.
 */
public final class InterceptedBeans implements BeanProvider {

  static final String RECEIVED = "===== RECEIVED INTERCEPTED BEAN";

  private final Injector injector = Guice.createInjector(new CacheAnnotationsModule());

  @Override
  public <T> T getBeanByType(Class<T> type) {
    T bean = injector.getInstance(type);
    if (bean.getClass() == type) {
      throw new IllegalStateException(type.getName() + " is not intercepted");
    }
    System.out.println(RECEIVED + " '" + type.getName() + "'");
    return bean;
  }
}
