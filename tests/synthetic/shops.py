"""Made tables that hang together: customers with names and e-mail addresses, their orders, the lines of those, and
products.
"""

import numpy as np
import pandas as pd

from dataops_core.table import tidy


def shops(customers: int, seed: int) -> dict[str, pd.DataFrame]:
    """Every customer has 0 to 6 orders, few 3 of them; the richer the customer the dearer the order; an order is sent
    after it came.
    """
    rng = np.random.default_rng(seed)
    income = np.round(np.exp(rng.normal(10, 0.4, customers)), 0)
    base = pd.DataFrame(
        {
            "id": [f"C-{10_000 + 13 * i}" for i in range(customers)],
            "full_name": [
                f"{['Zorbaq', 'Quillix', 'Vemtor'][i % 3]} Wexlow{chr(97 + i % 26)}{chr(97 + i // 26)}"
                for i in range(customers)
            ],
            "mail": [f"zorbaq.{i}@corp-internal.io" for i in range(customers)],
            "city": rng.choice(["Berlin", "Paris", "Rome"], customers),
            "income": income,
        }
    )
    count = rng.choice([0, 1, 2, 4, 5, 6], customers)
    who = np.repeat(np.arange(customers), count)
    came = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, len(who)), "D")
    orders = pd.DataFrame(
        {
            "order_no": np.arange(70_000, 70_000 + len(who)),
            "customer_id": base["id"].to_numpy()[who],
            "came": came,
            "sent": came + pd.to_timedelta(rng.integers(0, 9, len(who)), "D"),
            "amount": np.round(income[who] / 500 * np.exp(rng.normal(0, 0.3, len(who))), 2),
            "channel": rng.choice(["web", "shop"], len(who)),
        }
    )
    many = rng.integers(1, 4, len(who))
    order = np.repeat(np.arange(len(who)), many)
    products = pd.DataFrame(
        {
            "code": [f"PR{100 + i}" for i in range(40)],
            "price": np.round(rng.uniform(2, 90, 40), 2),
            "sort": rng.choice(["a", "b"], 40),
        }
    )
    lines = pd.DataFrame(
        {
            "order_no": orders["order_no"].to_numpy()[order],
            "product_code": products["code"].to_numpy()[rng.integers(40, size=len(order))],
            "pieces": rng.integers(1, 9, len(order)),
        }
    )
    return {
        name: tidy(frame)
        for name, frame in (("customers", base), ("orders", orders), ("lines", lines), ("products", products))
    }
