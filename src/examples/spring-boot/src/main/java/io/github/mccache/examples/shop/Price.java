package io.github.mccache.examples.shop;

import java.io.Serializable;

public class Price implements Serializable {

  private static final long serialVersionUID = 1;

  private final long amount;
  private final String currency;

  public Price(long amount, String currency) {
    this.amount = amount;
    this.currency = currency;
  }

  @Override
  public String toString() {
    return amount + " " + currency;
  }
}
