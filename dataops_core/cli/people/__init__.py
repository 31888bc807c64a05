"""Commands about people: who may do what, promotions and signatures."""
