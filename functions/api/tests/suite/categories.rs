//! The categories of a user's items, over HTTP.

use serde_json::{Value, json};
use sqlx::query;

use crate::search::searchable;
use crate::world::World;

async fn categories(world: &World, user: &str) -> Value {
    let answer = world.get(user, "/items/categories").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body["categories"].clone()
}

#[tokio::test]
async fn categories_are_those_of_the_latest_analyses_of_the_callers_own_items() {
    let world = World::new().await;
    assert_eq!(categories(&world, "u").await, json!([]));
    let mut travel = Vec::new();
    for user in ["u", "u", "u", "other"] {
        travel.push(searchable(&world, user, "a lighthouse").await);
    }
    // Not analysed yet, so in no category.
    world.item("u").await;
    let mut db = world.database.pool().acquire().await.unwrap();
    query(
        "INSERT INTO analyses (id, item_id, user_id, version, category, summary, raw_response, provider_used, model_used)
         SELECT id || '-2', item_id, user_id, 2, 'Food', summary, raw_response, provider_used, model_used
         FROM analyses WHERE item_id = $1",
    )
    .bind(&travel[0])
    .execute(&mut *db)
    .await
    .unwrap();
    let two = json!([{"category": "Travel", "items": 2}, {"category": "Food", "items": 1}]);
    assert_eq!(categories(&world, "u").await, two);
    let one = json!([{"category": "Travel", "items": 1}]);
    assert_eq!(categories(&world, "other").await, one);

    // What it counts is what the list's filter finds.
    for (category, items) in [("Travel", 2), ("Food", 1)] {
        let page = world.get("u", &format!("/items?category={category}")).await;
        assert_eq!(page.body["total"], items, "{category}");
    }
}
