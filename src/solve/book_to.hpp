#pragma once

#include "vireo/exchange/exchange.hpp"

namespace vireo::solving {

/// While it lives, the exchange books to another ledger.
class BookTo {
 public:
  BookTo(Exchange& exchange, Ledger& ledger) : exchange_(exchange), before_(exchange.ledger()) {
    exchange_.book_to(ledger);
  }
  BookTo(const BookTo&) = delete;
  BookTo& operator=(const BookTo&) = delete;
  ~BookTo() { exchange_.book_to(before_); }

 private:
  Exchange& exchange_;
  Ledger& before_;
};

}  // namespace vireo::solving
